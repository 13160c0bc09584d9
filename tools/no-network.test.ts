import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import guard from './no-network.cjs'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'growr-network-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a script in a child that inherits the guard as every child of a test does, and gives what it tried. */
function child(script: string): { output: string; tried: string[] } {
  const log = join(folder, 'tried.log')
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    env: { ...process.env, NO_NETWORK_LOG: log },
    timeout: 30_000,
  })
  const tried = existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean) : []
  return { output: stdout + stderr, tried }
}

const report = 'catch ({ code, cause }) { console.log(code ?? cause?.code) }'

test.each([
  ['a TCP connection', "const net = await import('node:net'); try { net.connect(80, '192.0.2.1') }", 'connection 192.0.2.1'],
  ['a TLS connection', "const tls = await import('node:tls'); try { tls.connect({ port: 443, host: '2001:db8::1' }) }", 'connection 2001:db8::1'],
  ['a fetch', "try { await fetch('http://telemetry.example/') }", 'connection telemetry.example'],
  ['a datagram', "const { createSocket } = await import('node:dgram'); try { createSocket('udp4').send('x', 9, '192.0.2.1') }", 'datagram 192.0.2.1'],
  ['a look-up', "const dns = await import('node:dns/promises'); try { await dns.lookup('telemetry.example') }", 'look-up telemetry.example'],
  ['a resolver', "const dns = await import('node:dns/promises'); try { await new dns.Resolver().resolveTxt('telemetry.example') }", 'look-up telemetry.example'],
  [
    'a worker thread',
    `const { Worker } = await import('node:worker_threads')
     const source = "fetch('http://192.0.2.1').catch((error) => { throw error.cause })"
     try { await new Promise((done, fail) => new Worker(source, { eval: true }).on('error', fail).on('exit', done)) }`,
    'connection 192.0.2.1',
  ],
])('a child that tries to leave by %s is refused, and it is noted', (_name, script, tried) => {
  const found = child(`${script} ${report} process.exit()`)
  expect(found.output).toBe('NETWORK_REFUSED\n')
  expect(found.tried).toHaveLength(1)
  expect(found.tried[0]).toMatch(new RegExp(`^${tried.replaceAll('.', '\\.')}( <|$)`))
})

test('a child of a child is refused too', () => {
  const found = child(`
    const { spawnSync } = await import('node:child_process')
    const inner = "require('node:net').connect(80, '192.0.2.1')"
    const { stderr } = spawnSync(process.execPath, ['-e', inner], { encoding: 'utf8' })
    console.log(/NETWORK_REFUSED/.exec(stderr)?.[0])`)
  expect(found.output).toBe('NETWORK_REFUSED\n')
  expect(found.tried).toHaveLength(1)
})

test('this machine itself may be reached: by address, by name, by path, by datagram', () => {
  const found = child(`
    const net = await import('node:net'), dgram = await import('node:dgram')
    const ask = (...to) => new Promise((done, fail) => {
      const socket = net.connect(...to, () => { socket.destroy(); done() }).on('error', fail)
    })
    const server = net.createServer().listen(0, 'localhost'), piped = net.createServer().listen(${JSON.stringify(join(folder, 's'))})
    await new Promise((done) => piped.on('listening', done))
    if (!server.listening) await new Promise((done) => server.on('listening', done))
    const { port } = server.address()
    await ask(port, 'localhost'); await ask({ port }); await ask(port); await ask(${JSON.stringify(join(folder, 's'))})
    const receiver = dgram.createSocket('udp4')
    await new Promise((done) => receiver.bind(0, '127.0.0.1', done))
    const got = new Promise((done) => receiver.on('message', (message) => done(String(message))))
    dgram.createSocket('udp4').send(Buffer.from('..here'), 2, 4, receiver.address().port, '127.0.0.1')
    console.log(await got)
    process.exit()`)
  expect(found).toEqual({ output: 'here\n', tried: [] })
})

test('which hosts are this machine', () => {
  for (const host of ['localhost', 'LOCALHOST', '127.0.0.1', '127.8.9.10', '::1', '[::1]', '::ffff:127.0.0.1']) expect(guard.isLoopback(host)).toBe(true)
  for (const host of ['127.0.0.1.example', '0.0.0.0', '10.0.0.1', '::', '::ffff:10.0.0.1', '2130706433', 'localhost.example', '']) {
    expect(guard.isLoopback(host)).toBe(false)
  }
})

test('the tests themselves are guarded', () => {
  const log = process.env['NO_NETWORK_LOG']
  process.env['NO_NETWORK_LOG'] = join(folder, 'here.log')
  try {
    expect(() => connect(80, '192.0.2.1')).toThrow(expect.objectContaining({ code: 'NETWORK_REFUSED' }))
  } finally {
    process.env['NO_NETWORK_LOG'] = log
  }
})
