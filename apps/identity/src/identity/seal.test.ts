import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { open, publicPart, seal, sealingKey } from './seal.ts'

describe('the seal of a record', () => {
  const dataKey = randomBytes(32)
  const key = sealingKey(dataKey)
  const box = seal(publicPart(key), 'a credential', 'credential/u/c')

  it('opens with the owner\'s key, which comes of her data key alone', () => {
    expect(open(sealingKey(dataKey), box, 'credential/u/c')).toBe('a credential')
    expect(seal(publicPart(key), 'a credential', 'credential/u/c')).not.toBe(box)
  })

  it('opens in its own place only, with its own key only, and whole only', () => {
    expect(() => open(key, box, 'credential/u/d')).toThrow()
    expect(() => open(sealingKey(randomBytes(32)), box, 'credential/u/c')).toThrow()
    expect(() => open(key, box.slice(0, 40), 'credential/u/c')).toThrow('no sealed box')
    const bytes = Buffer.from(box, 'base64')
    for (const at of [0, 31, 32, 43, 44, bytes.length - 17, bytes.length - 1]) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] as number) ^ 1
      expect(() => open(key, changed.toString('base64'), 'credential/u/c')).toThrow()
    }
  })
})
