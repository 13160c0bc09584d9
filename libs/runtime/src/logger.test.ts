import { mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLogger, type LoggerOptions, sanitize, scrub } from './index.ts'

function capture(options: LoggerOptions = {}) {
  const lines: string[] = []
  const logger = createLogger({ ...options, destination: { write: (line) => lines.push(line) } })
  return { logger, lines, last: () => JSON.parse(lines.at(-1)!) as Record<string, unknown> }
}

test('a line is JSON with level, time, bindings, fields and message', () => {
  const { logger, last, lines } = capture({ bindings: { group: 'financing' } })
  logger.child({ action: 'loan.applyForLoan' }).info({ ms: 12, amount: 5n }, 'done %s')
  expect(last()).toEqual({
    level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), group: 'financing', action: 'loan.applyForLoan', ms: 12, amount: '5', msg: 'done %s',
  })
  logger.debug('not at this level')
  expect(lines).toHaveLength(1)
})

test('fields that lead to a person or open a door are taken out, at any depth, in any spelling, in bindings too', () => {
  const secrets = {
    authorization: 'Bearer aaa', Authorization: 'Bearer bbb', password: 'ccc', newPassword: 'ddd', pin: '4711', code: '482913', otp: '482914', phone: 'eee',
    phone_number: 'fff', email: 'ggg', name: 'hhh', text: 'iii', did: 'jjj', userDid: 'kkk', jwt: 'lll', accessToken: 'mmm', userId: 'nnn', walletAddress: 'ooo',
    reference: 'ppp', claims: { salary: 'qqq' }, params: { any: 'rrr' }, 'set-cookie': ['sss'], cookie: 'sss', body: 'ttt', privateKey: 'uuu', subject: 'vvv',
  }
  const { logger, lines, last } = capture({ bindings: { headers: secrets } })
  logger.info({ request: { deep: [secrets] } }, 'x')
  logger.child(secrets).info(secrets, 'x')
  const said = lines.join('').replaceAll('"set-cookie":["sss"]', '')
  for (const value of ['aaa', 'bbb', 'ccc', 'ddd', '4711', '4829', 'eee', 'fff', 'ggg', 'hhh', 'iii', 'jjj', 'kkk', 'lll', 'mmm', 'nnn', 'ooo', 'ppp', 'qqq', 'rrr', 'ttt', 'uuu', 'vvv']) {
    expect(said).not.toContain(value)
  }
  expect(last()['pin']).toBe('[redacted]')
})

test('a stable code is no one-time code', () => {
  expect(sanitize({ code: 'FUNDS_RESERVED' })).toEqual({ code: 'FUNDS_RESERVED' })
  expect(sanitize({ code: '123456' })).toEqual({ code: '[redacted]' })
  expect(sanitize({ code: 123456 })).toEqual({ code: '[redacted]' })
})

test('texts lose what has the form of something personal', () => {
  expect(scrub('to ana@comsa.example, +504 9900-0000 or +50499000000, did:key:z6Mk#1 and eyJhbGciOiJFUzI1NiJ9.e30.c2ln')).toBe(
    'to [email], [phone] or [phone], [did]#1 and [jwt]',
  )
  expect(scrub('pay 0x52908400098527886E0F7030069857D2E4169EE7 or bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq')).toBe('pay [wallet] or [wallet]')
  expect(scrub('01JABCDEFGHJKMNPQRSTVWXYZ0 of 2026-03-01 takes 12.5 ms at 127.0.0.1:4000')).toBe('01JABCDEFGHJKMNPQRSTVWXYZ0 of 2026-03-01 takes 12.5 ms at 127.0.0.1:4000')
  const { logger, last } = capture()
  logger.info('mail to ana@comsa.example')
  expect(last()['msg']).toBe('mail to [email]')
})

test('of an error only class, code and place are kept, down its causes', () => {
  const { logger, last, lines } = capture()
  const inner = Object.assign(new TypeError('phone +50499000001 of Bea'), { code: 'SQLITE_CONSTRAINT' })
  logger.error({ error: new Error('could not store Bea\n    at a line of the message', { cause: inner }) }, 'failed')
  expect(lines[0]).not.toMatch(/Bea|504/)
  expect(last()['error']).toEqual({
    name: 'Error', stack: expect.stringMatching(/^at /),
    cause: { name: 'TypeError', code: 'SQLITE_CONSTRAINT', stack: expect.stringContaining('logger.test.ts') },
  })
  logger.error({ error: 'Bea' }, 'failed')
  expect(last()['error']).toEqual({ name: 'string' })
})

test('whatever is logged: one line of JSON, bounded, without a throw', () => {
  const { logger, lines } = capture()
  const loop: Record<string, unknown> = {}
  loop['loop'] = loop
  logger.info(loop, 'x')
  logger.info({ big: 'a'.repeat(1_000_000), many: Array.from({ length: 10_000 }, (_, i) => i), buffer: Buffer.alloc(9), level: 'mine', time: 1, msg: 'mine', f: () => 1, d: new Date(Number.NaN) }, 'a\nb')
  expect(lines.map((line) => line.length < 10_000)).toEqual([true, true])
  fc.assert(fc.property(fc.object({ maxDepth: 8 }), fc.string(), (fields, message) => {
    logger.info(fields, message)
    const line = lines.at(-1)!
    expect(line.indexOf('\n')).toBe(line.length - 1)
    expect(JSON.parse(line)).toMatchObject({ level: 'info', time: expect.any(String), msg: scrub(message) })
  }), { numRuns: 200 })
})

test('a file is its owner\'s alone and can be moved away', () => {
  const folder = mkdtempSync(join(tmpdir(), 'growr-log-'))
  try {
    const path = join(folder, 'logs', 'node.log')
    const logger = createLogger({ destination: path })
    logger.info('one')
    renameSync(path, `${path}.1`)
    logger.reopen()
    logger.info('two')
    expect(readFileSync(`${path}.1`, 'utf8')).toContain('one')
    expect(readFileSync(path, 'utf8')).toContain('two')
    expect(statSync(path).mode & 0o777).toBe(0o600)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
