import { hash, verify } from '@node-rs/argon2'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_COST, Passwords, Pins } from './index.ts'
import { Gate } from './gate.ts'
import { CHEAP, PEPPER } from './testing/fixtures.ts'

const passwords = new Passwords({ pepper: PEPPER, cost: CHEAP })
const pins = new Pins({ pepper: PEPPER, cost: CHEAP })

describe('passwords', () => {
  it.each([
    ['short', 'Kfm3-tab9', 'TOO_SHORT'],
    ['long', 'a1b2c3d4e5'.repeat(26), 'TOO_LONG'],
    ['one character', 'aaaaaaaaaaaa', 'TOO_FEW_CHARACTERS'],
    ['two characters', 'ababababab', 'TOO_FEW_CHARACTERS'],
    ['digits in a row', '1234567890', 'SEQUENCE'],
    ['keys in a row', 'qwertyuiop', 'SEQUENCE'],
    ['keys in two rows', 'qwertyasdfgh', 'SEQUENCE'],
    ['backwards', '0987654321', 'SEQUENCE'],
    ['a common word with digits', 'password123', 'COMMON'],
    ['substitutions', 'P@ssw0rd!!!1', 'COMMON'],
    ['a Spanish word', 'Contraseña2026', 'COMMON'],
    ['a leaked one', '1q2w3e4r5t', 'COMMON'],
    ['a word twice', 'bitcoinbitcoin', 'COMMON'],
  ])('refuses %s', (_name, password, rule) => {
    expect(() => passwords.check(password)).toThrow(expect.objectContaining({ code: 'PASSWORD_WEAK', details: { rule } }))
  })

  it('refuses what is built on the own name, and takes the same for somebody else', () => {
    expect(() => passwords.check('ana.lopez-77', ['Ana López', 'ana.lopez@comsa.example'])).toThrow(
      expect.objectContaining({ code: 'PASSWORD_WEAK', details: { rule: 'PERSONAL' } }),
    )
    expect(() => passwords.check('ana.lopez-77', ['Beto', 'beto@comsa.example'])).not.toThrow()
  })

  it.each(['correct staple horse', 'café-montaña-41', 'Kfm3-tab9!', 'my bitcoin is in the blue box', 'ñandú volador 7'])(
    'takes %s',
    (password) => {
      expect(() => passwords.check(password)).not.toThrow()
    },
  )

  it('hashes with argon2id at the stated cost, and says when the cost has changed', async () => {
    const strong = new Passwords({ pepper: PEPPER })
    const stored = await strong.hash('café-montaña-41')
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(DEFAULT_COST).toEqual({ memoryCost: 19_456, timeCost: 2, parallelism: 1 })
    expect(await strong.verify(stored, 'café-montaña-41')).toEqual({ ok: true, stale: false })
    expect(await passwords.verify(stored, 'café-montaña-41')).toEqual({ ok: true, stale: true })
    expect(await strong.verify(stored, 'café-montaña-42')).toEqual({ ok: false, stale: false })
    expect(await strong.verify(stored, 'cafe\u0301-montan\u0303a-41')).toEqual({ ok: true, stale: false })
  })

  it('needs the pepper: the hash alone, or another pepper, does not match', async () => {
    const stored = await passwords.hash('café-montaña-41')
    expect(await verify(stored, 'café-montaña-41')).toBe(false)
    expect((await new Passwords({ pepper: Buffer.alloc(32, 8), cost: CHEAP }).verify(stored, 'café-montaña-41')).ok).toBe(false)
    expect(() => new Passwords({ pepper: Buffer.alloc(8) })).toThrow(TypeError)
  })

  it('never matches for nobody, for a stored value that is no argon2id hash, or for what is too long', async () => {
    const other = await hash('nobody', { algorithm: 1, memoryCost: 64, timeCost: 1, secret: PEPPER })
    for (const stored of [undefined, null, '', 'nobody', '$argon2id$broken', other, `$argon2id$${'x'.repeat(600)}`]) {
      expect(await passwords.verify(stored, 'nobody')).toEqual({ ok: false, stale: false })
    }
    const stored = await passwords.hash('café-montaña-41')
    expect((await passwords.verify(stored, `café-montaña-41${' '.repeat(300)}`)).ok).toBe(false)
  })
})

describe('PINs', () => {
  it.each([
    ['123', 'FORM'],
    ['1234567', 'FORM'],
    ['12a4', 'FORM'],
    ['', 'FORM'],
    ['١٢٣٤', 'FORM'],
    ['0000', 'REPETITION'],
    ['777777', 'REPETITION'],
    ['1212', 'REPETITION'],
    ['123123', 'REPETITION'],
    ['1122', 'REPETITION'],
    ['448899', 'REPETITION'],
    ['1234', 'SEQUENCE'],
    ['4321', 'SEQUENCE'],
    ['7890', 'SEQUENCE'],
    ['210987', 'SEQUENCE'],
    ['345678', 'SEQUENCE'],
    ['2580', 'SEQUENCE'],
  ])('refuses %s', (pin, rule) => {
    expect(() => pins.check(pin)).toThrow(expect.objectContaining({ code: 'PIN_WEAK', details: { rule } }))
  })

  it('refuses few of all PINs of four digits', () => {
    let weak = 0
    for (let n = 0; n < 10_000; n += 1) {
      try {
        pins.check(String(n).padStart(4, '0'))
      } catch {
        weak += 1
      }
    }
    // By hand: 100 of the form abab (10 of them aaaa), 90 more aabb, 20 rows (10 up, 10 down), 2580 and 0852.
    expect(weak).toBe(100 + 90 + 20 + 2)
  })

  it('matches the same PIN only', async () => {
    const stored = await pins.hash('4821')
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^\d{4,6}$/), async (other) => {
        expect((await pins.verify(stored, other)).ok).toBe(other === '4821')
      }),
      { numRuns: 200 },
    )
    expect(await pins.verify(stored, '4821')).toEqual({ ok: true, stale: false })
    expect((await pins.verify(undefined, '4821')).ok).toBe(false)
    await expect(pins.hash('1234')).rejects.toMatchObject({ code: 'PIN_WEAK' })
  })
})

describe('the gate before expensive work', () => {
  it('runs so many at once, lets so many wait, refuses the next and hands places on in order', async () => {
    const gate = new Gate(2, 3)
    const done: (() => void)[] = []
    const order: number[] = []
    const task = (n: number) =>
      gate.run(
        () =>
          new Promise<void>((resolve) => {
            order.push(n)
            done.push(resolve)
          }),
      )
    const all = [0, 1, 2, 3, 4].map(task)
    expect(order).toEqual([0, 1])
    await expect(task(5)).rejects.toMatchObject({ code: 'UNAVAILABLE', retryAfter: 1 })
    for (let n = 0; n < 5; n += 1) {
      done[n]!()
      await all[n]
    }
    expect(order).toEqual([0, 1, 2, 3, 4])
    await expect(
      gate.run(async () => {
        throw new Error('x')
      }),
    ).rejects.toThrow('x')
    expect(await gate.run(async () => 'free again')).toBe('free again')
  })
})
