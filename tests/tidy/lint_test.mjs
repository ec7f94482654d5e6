// scripts/lint, in a repository of its own with a fault planted for each check of .clang-tidy, and one of layout.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';

const house = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..');

const faults = {
    'bugprone-copy-constructor-init': `
struct Base { Base() = default; Base(const Base& other) : value(other.value) {} int value = 0; };
struct Derived : Base { Derived() = default; Derived(const Derived& other) : text(other.text) {} std::string text; };`,
    'bugprone-dangling-handle': 'inline std::string_view view() { return std::string("gone"); }',
    'bugprone-inaccurate-erase':
        'inline void drop(std::vector<int>& all) { all.erase(std::remove(all.begin(), all.end(), 1)); }',
    'bugprone-move-forwarding-reference':
        'template <class T> void keep(T&& value) { std::string kept(std::move(value)); }',
    'bugprone-redundant-branch-condition':
        'inline int twice(bool sure) { if (sure) { if (sure) return 1; } return 0; }',
    'bugprone-sizeof-expression': 'inline std::size_t size(int value) { return sizeof(sizeof(value)); }',
    'bugprone-string-constructor': "inline std::string letters() { return std::string('x', 50); }",
    'bugprone-suspicious-memset-usage': "inline void fill(int* to) { std::memset(to, '0', 8); }",
    'bugprone-unused-raii': 'inline void hold(std::mutex& mutex) { std::lock_guard<std::mutex>{mutex}; work(); }',
    'bugprone-use-after-move':
        'inline std::size_t size(std::string a) { std::string b = std::move(a); return a.size() + b.size(); }',
    'misc-coroutine-hostile-raii': `
struct Task {
    struct promise_type {
        Task get_return_object() { return {}; }
        std::suspend_never initial_suspend() { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() {}
    };
};
inline Task wait(std::mutex& mutex) { const std::lock_guard<std::mutex> lock(mutex); co_await std::suspend_always{}; }`,
    'modernize-use-override': `
struct Above { virtual ~Above() = default; virtual void run(); };
struct Below : Above { virtual void run(); };`,
    'performance-for-range-copy': `
inline std::size_t sum(const std::vector<std::string>& all) {
    std::size_t sum = 0;
    for (const std::string one : all) sum += one.size();
    return sum;
}`,
    'performance-noexcept-move-constructor':
        'struct Moved { Moved(Moved&& other) : text(std::move(other.text)) {} std::string text; };',
    'performance-unnecessary-copy-initialization': `
const std::string& name();
inline std::size_t size() { const std::string copy = name(); return copy.size(); }`,
};

const headers = ['algorithm', 'coroutine', 'cstring', 'mutex', 'string', 'string_view', 'vector'];
const opening = headers.map((header) => `#include <${header}>\n`).join('');

const spaced = (text) => `${text.trim()}\n`;
const unitOf = (name, text) => `${opening}\nvoid work();\nnamespace ${name.replaceAll('-', '_')} {\n${spaced(text)}}\n`;

class Repository {
    constructor(t) {
        this.root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'chathook-lint.')));
        t.after(() => fs.rmSync(this.root, { recursive: true, force: true }));
        for (const file of ['scripts/lint', '.clang-format', '.clang-tidy', 'CMakePresets.json']) {
            fs.mkdirSync(path.dirname(path.join(this.root, file)), { recursive: true });
            fs.copyFileSync(path.join(house, file), path.join(this.root, file));
        }
        this.write('scripts/install-dependencies', '#!/bin/sh\n');
        fs.chmodSync(path.join(this.root, 'scripts/install-dependencies'), 0o755);
        this.write('.gitignore', 'build/\n');
        this.write('include/empty.hpp', '#pragma once\n');
        this.write('tests/empty_test.cpp', '');
        this.run('git', 'init', '--quiet', '--initial-branch=main');
    }

    write(file, text) {
        fs.mkdirSync(path.dirname(path.join(this.root, file)), { recursive: true });
        fs.writeFileSync(path.join(this.root, file), text);
    }

    // Maps each room to its files and their texts.
    rooms(rooms) {
        let list = 'cmake_minimum_required(VERSION 3.25)\nproject(planted LANGUAGES CXX)\nset(CMAKE_CXX_STANDARD 20)\n';
        for (const [room, files] of Object.entries(rooms)) {
            list += `add_library(${room} STATIC ${Object.keys(files).map((file) => `src/${room}/${file}`).join(' ')})\n`;
            for (const [file, text] of Object.entries(files)) this.write(`src/${room}/${file}`, text);
        }
        this.write('CMakeLists.txt', list);
    }

    commit() {
        this.run('git', 'add', '--all');
        this.run('git', '-c', 'user.name=A', '-c', 'user.email=a@example.org', 'commit', '--quiet', '-m', 'house: x');
    }

    run(command, ...words) {
        const done = spawnSync(command, words, { cwd: this.root, encoding: 'utf8' });
        assert.equal(done.error, undefined);
        return { status: done.status, text: done.stdout + done.stderr };
    }

    lint(...words) { return this.run('scripts/lint', ...words); }

    layOut() { this.run('sh', '-c', "find src -name '*.cpp' | xargs clang-format-14 -i"); }
}

test('a file that clang-format would change is found', (t) => {
    const repository = new Repository(t);
    repository.rooms({ one: { 'a.cpp': 'int one() { return 1; }\n' } });
    assert.deepEqual([repository.lint('--all').status, repository.lint('--all').text.includes('a.cpp')], [0, false]);
    repository.write('src/one/a.cpp', 'int one()\n{\n  return 1;\n}\n');
    const { status, text } = repository.lint('--all');
    assert.equal(status, 1, text);
    assert.match(text, /src\/one\/a\.cpp:1:.*clang-format/);
});

test('each check of .clang-tidy finds its fault in a file that is checked together with others', (t) => {
    const listed = [...fs.readFileSync(path.join(house, '.clang-tidy'), 'utf8').matchAll(/^ {2}([a-z]+-[a-z-]+),?$/gm)];
    assert.deepEqual(Object.keys(faults), listed.map(([, check]) => check), 'a fault for each check');
    const repository = new Repository(t);
    const files = Object.fromEntries(Object.entries(faults).map(([check, text]) => [`${check}.cpp`, unitOf(check, text)]));
    repository.rooms({ one: files });
    repository.layOut();
    const { status, text } = repository.lint('--all');
    assert.equal(status, 1, text);
    for (const check of Object.keys(faults)) {
        assert.match(text, new RegExp(`src/one/${check}\\.cpp:\\d+:\\d+: error: .*\\[${check},`), text);
    }
});

test('only folders with changes are checked, unless the checks or the public headers changed', (t) => {
    const repository = new Repository(t);
    const fault = unitOf('moved', faults['bugprone-use-after-move']);
    repository.rooms({ one: { 'a.cpp': fault, 'b.cpp': 'int b() { return 1; }\n' }, two: { 'c.cpp': fault } });
    repository.layOut();
    repository.commit();
    const found = (...words) => [...new Set(repository.lint(...words).text.match(/src\/\w+\/\w+\.cpp/g))].sort();
    assert.deepEqual(found(), []);
    assert.deepEqual(found('--all'), ['src/one/a.cpp', 'src/two/c.cpp']);

    repository.write('src/one/b.hpp', '#pragma once\n');
    assert.deepEqual(found(), ['src/one/a.cpp'], 'a new header of the folder');
    repository.run('git', 'checkout', '--quiet', '-b', 'branch');
    repository.commit();
    assert.deepEqual(found(), ['src/one/a.cpp'], 'committed on a branch');
    assert.deepEqual(found('--since', 'HEAD'), []);
    repository.write('include/empty.hpp', '#pragma once\n\n');
    assert.deepEqual(found('--since', 'HEAD'), ['src/one/a.cpp', 'src/two/c.cpp'], 'the vocabulary');
});

test('an unknown commit and an unknown argument are usage errors', (t) => {
    const repository = new Repository(t);
    repository.rooms({ one: { 'a.cpp': 'int one() { return 1; }\n' } });
    assert.equal(repository.lint().status, 64, 'no commit yet');
    assert.equal(repository.lint('--since', 'never').status, 64);
    assert.equal(repository.lint('--everything').status, 64);
});
