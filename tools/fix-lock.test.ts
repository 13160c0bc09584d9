import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { complete, platformOf } from './fix-lock.mjs'

test.each([
  ['@nx/nx-linux-arm64-musl', { cpu: ['arm64'], os: ['linux'], libc: ['musl'] }],
  ['@nx/nx-linux-arm-gnueabihf', { cpu: ['arm'], os: ['linux'] }],
  ['@nx/nx-win32-x64-msvc', { cpu: ['x64'], os: ['win32'] }],
  ['@oxlint/binding-linux-ppc64-gnu', { cpu: ['ppc64'], os: ['linux'] }],
  ['@oxlint/binding-linux-riscv64-musl', { cpu: ['riscv64'], os: ['linux'], libc: ['musl'] }],
  ['@oxlint/binding-linux-s390x-gnu', { cpu: ['s390x'], os: ['linux'] }],
  ['@oxlint/binding-openharmony-arm64', { cpu: ['arm64'], os: ['openharmony'] }],
  ['@oxlint/binding-android-arm-eabi', { cpu: ['arm'], os: ['android'] }],
  ['@oxlint/binding-linux-x64-musl', { cpu: ['x64'], os: ['linux'], libc: ['musl'] }],
  ['@libsql/linux-arm-musleabihf', { cpu: ['arm'], os: ['linux'], libc: ['musl'] }],
  ['@oxlint/binding-wasm32-wasi', { cpu: ['wasm32'] }],
  ['some-optional-thing', undefined],
])('%s', (name, platform) => {
  expect(platformOf(name)).toEqual(platform)
})

test('only what is missing is added, once, and what tells no platform is reported', () => {
  const lock = {
    packages: {
      '': {},
      'node_modules/tool': { dev: true, optionalDependencies: { 'tool-linux-x64': '1.0.0', 'tool-linux-s390x': '^1.0.0', odd: '1.0.0' } },
      'node_modules/tool-linux-x64': { version: '1.0.0' },
      'node_modules/outer/node_modules/inner': { optionalDependencies: { 'tool-linux-x64': '1.0.0', near: '1.0.0' } },
      'node_modules/outer/node_modules/near': { version: '1.0.0' },
    },
  }
  expect(complete(lock)).toEqual({ added: ['tool-linux-s390x@1.0.0'], unknown: ['odd@1.0.0 of node_modules/tool'] })
  expect(lock.packages).toMatchObject({ 'node_modules/tool-linux-s390x': { version: '1.0.0', cpu: ['s390x'], dev: true, optional: true, os: ['linux'] } })
})

test('the lock file of this repository is whole', () => {
  const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as Parameters<typeof complete>[0]
  expect(complete(lock)).toEqual({ added: [], unknown: [] })
})
