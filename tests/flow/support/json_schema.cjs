// Reads {schema, documents} from standard input and prints, for each YAML document, the errors that ajv
// finds: an empty list if it is valid. A separate program, because Debian's modules are found through
// NODE_PATH only.
const Ajv = require('ajv');
const yaml = require('js-yaml');

const { schema, documents } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const validate = new Ajv({ allErrors: true }).compile(schema); // checks the schema against draft 7 itself
const found = documents.map((text) => {
    if (validate(yaml.load(text, { schema: yaml.CORE_SCHEMA }))) return [];
    return validate.errors.map(({ dataPath, message }) => `${dataPath} ${message}`);
});
console.log(JSON.stringify(found));
