import { createPublicKey, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hdSignerOf } from './hd.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const PATH = "m/0'/1/2'/2/1000000000"

describe('the signer of tests', () => {
  // BIP 32, test vector 1
  const signer = hdSignerOf(Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex'))

  it('derives the keys of BIP 32, test vector 1', async () => {
    expect(hex(await signer.publicKey('m'))).toBe('0339a36013301597daef41fbe593a02cc513d0b55527ec2df1050e2e8ff49c85c2')
    expect((await signer.xpub('m')).fingerprint).toBe(0x3442193e)
    expect(hex(await signer.publicKey(PATH))).toBe('022a471424da5e657499d1ff51cb43c47481a03b1e77f951fe64cec9f5a48f7011')
    expect(hex((await signer.xpub(PATH)).chainCode)).toBe('c783e67b921d2beb8f6b389cc646d7263b4145701dadd2161548a8b078e65e9e')
  })

  it('signs with ECDSA what node:crypto verifies, with the lower s', async () => {
    const publicKey = Buffer.concat([Buffer.from('3036301006072a8648ce3d020106052b8104000a032200', 'hex'), await signer.publicKey(PATH)])
    const key = createPublicKey({ key: publicKey, format: 'der', type: 'spki' })
    for (let i = 0; i < 16; i++) {
      const message = Buffer.from([i])
      const signature = await signer.signEcdsa(PATH, Buffer.from(await crypto.subtle.digest('SHA-256', message)))
      expect(verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true)
      expect(signature[32]).toBeLessThan(0x80)
    }
  })

  it('refuses paths and hashes that are none', async () => {
    for (const path of ['', 'x', 'm/', 'm/2147483648', "m/1''", `m${'/0'.repeat(11)}`]) await expect(signer.publicKey(path)).rejects.toThrow(RangeError)
    await expect(signer.signSchnorr('m', Buffer.alloc(31))).rejects.toThrow(RangeError)
    await expect(signer.signSchnorr('m', Buffer.alloc(32), Buffer.alloc(31))).rejects.toThrow(RangeError)
  })
})
