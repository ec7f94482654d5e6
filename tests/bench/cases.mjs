// What is measured. A case is one server under one load; `beside` names the case of the same load that its rate is
// put into a ratio with, inside each round.
import { timeSyncs } from './disk.mjs';
import * as servers from './servers.mjs';

const usual = { connections: 64, bytes: 404, vendor: 'lynn', cores: '0' };

function pair(load, cases) {
    const { suffix, ...rest } = load;
    const reference = `nginx return 200${suffix}`;
    return [
        { name: reference, start: servers.nginx, ...usual, ...rest },
        ...cases.map(([name, options]) => ({
            name: `${name}${suffix}`,
            beside: reference,
            start: servers.chathookd,
            ...usual,
            ...rest,
            ...options,
        })),
    ];
}

const bare = ['chathookd, no sinks', { sink: false }];
const toFile = ['chathookd, file sink', {}];

// Whether a case measures chathookd, and not what it is put beside.
export const isOurs = ({ start }) => [servers.chathookd, servers.chathookdWithSlowSink].includes(start);

// In the order of a round.
export const groups = {
    // The everyday question, and the default.
    main: pair({ suffix: '' }, [bare, toFile]),

    // What else people put there. None of them stores anything.
    peers: [
        ['adnanh/webhook, verifies only', servers.adnanh],
        ['Fastify, verifies only', servers.fastify],
        ['Express, as the vendors show it', servers.express],
        ['Flask under gunicorn, as the vendors show it', servers.flask],
    ].map(([name, start]) => ({ name, beside: 'nginx return 200', start, ...usual })),

    sizes: [
        ...pair({ suffix: ', 1.5 KB', bytes: 1536 }, [toFile]),
        ...pair({ suffix: ', 100 KB', bytes: 102400 }, [toFile]),
    ],
    connections: [
        { name: 'the disk alone: 16 KiB written and synced', measure: timeSyncs },
        ...pair({ suffix: ', 1 connection', connections: 1 }, [toFile]),
        ...pair({ suffix: ', 1,000 connections', connections: 1000 }, [toFile]),
    ],
    signatures: [
        {
            ...toFile[1],
            name: 'chathookd, JSON.stringify form, 600 B',
            start: servers.chathookd,
            beside: 'nginx return 200',
            ...usual,
            vendor: 'wonderchat',
            bytes: 600,
        },
        {
            name: 'chathookd, forged, refused',
            start: servers.chathookd,
            beside: 'nginx return 200',
            ...usual,
            forged: true,
        },
        {
            name: 'chathookd, forged, JSON.stringify form',
            start: servers.chathookd,
            beside: 'nginx return 200',
            ...usual,
            vendor: 'wonderchat',
            bytes: 600,
            forged: true,
        },
    ],
    tls: pair({ suffix: ', HTTPS', tls: true }, [toFile]),

    // The load has the second core too, so this says less than the others.
    cores: pair({ suffix: ', two cores', cores: '0,1' }, [toFile]),

    // Beside the file sink an HTTP receiver that takes a tenth of what comes in: the intake shall not notice.
    slow: [
        { name: 'chathookd, file sink and one ten times slower', start: servers.chathookdWithSlowSink, ...usual, beside: 'chathookd, file sink' },
    ],

    // Open loop: what the 99th percentile is when the daemon is not pressed.
    paced: [
        {
            name: 'chathookd, file sink, at half its rate',
            start: servers.chathookd,
            ...usual,
            paced: { of: 'chathookd, file sink', share: 0.5 },
        },
    ],
};

// The cases whose instructions are counted.
export const counted = [
    'chathookd, no sinks',
    'chathookd, file sink',
    'chathookd, file sink, 1.5 KB',
    'chathookd, JSON.stringify form, 600 B',
    'chathookd, forged, refused',
];
