import { bytesToHex } from 'viem'
import { expect, test } from 'vitest'
import { hdSignerOf } from '@growr/networks/testing'
import { readAddress, showAddress } from './address.ts'
import { addressAt, signLegacy } from './sign.ts'
import type { HdSigner } from '@growr/networks'
import { createECDH, ECDH } from 'node:crypto'

// EIP-1191's own test cases, for Rootstock's main and test network.
const MAIN = ['0x5aaEB6053f3e94c9b9a09f33669435E7ef1bEAeD', '0xFb6916095cA1Df60bb79ce92cE3EA74c37c5d359', '0xDBF03B407c01E7CD3cBea99509D93F8Dddc8C6FB', '0xD1220A0Cf47c7B9BE7a2e6ba89F429762E7B9adB']
const TEST = ['0x5aAeb6053F3e94c9b9A09F33669435E7EF1BEaEd', '0xFb6916095CA1dF60bb79CE92ce3Ea74C37c5D359', '0xdbF03B407C01E7cd3cbEa99509D93f8dDDc8C6fB', '0xd1220a0CF47c7B9Be7A2E6Ba89f429762E7b9adB']

test('EIP-1191: checksums of both chains, shown and read; the other chain’s are foreign, a mistyped one is invalid', () => {
  for (const [chain, other, good, bad] of [[30, 31, MAIN, TEST], [31, 30, TEST, MAIN]] as const) {
    for (const [at, address] of good.entries()) {
      expect(showAddress(address.toLowerCase(), chain)).toBe(address)
      expect(readAddress(address, chain)).toBe(address.toLowerCase())
      expect(readAddress(address.toLowerCase(), chain)).toBe(address.toLowerCase())
      expect(() => readAddress(bad[at]!, chain)).toThrow(expect.objectContaining({ code: 'ADDRESS_FOREIGN' }))
      expect(() => readAddress(address, other)).toThrow(expect.objectContaining({ code: 'ADDRESS_FOREIGN' }))
      const swapped = [...address].map((letter, place) => place === 3 || place === 4 ? letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase() : letter).join('')
      if (swapped !== address) expect(() => readAddress(swapped, chain)).toThrow(expect.objectContaining({ code: 'ADDRESS_INVALID' }))
    }
  }
})

test('EIP-155: the example of the standard, byte for byte', async () => {
  const signer = hdSignerOf(Buffer.alloc(32, 7))
  // The standard's key is 0x46 × 32 and its signature is known; the signer here gives that one.
  const r = 0x28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276n
  const s = 0x67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83n
  const key = createECDH('secp256k1')
  key.setPrivateKey(Buffer.alloc(32, 0x46))
  const bytes = (value: bigint) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex')
  let asked = ''
  const standard: HdSigner = {
    ...signer, publicKey: async () => Uint8Array.from(ECDH.convertKey(key.getPublicKey(), 'secp256k1', undefined, undefined, 'compressed') as Buffer),
    signEcdsaRecoverable: async (_path, hash) => {
      asked = bytesToHex(hash)
      return { signature: Uint8Array.from(Buffer.concat([bytes(r), bytes(s)])), recovery: 0 }
    },
  }
  const from = await addressAt(standard, 0)
  expect(from).toBe('0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f')
  const signed = await signLegacy(standard, 0, from, { chainId: 1, nonce: 9, gasPrice: 20_000_000_000n, gas: 21_000n, to: '0x3535353535353535353535353535353535353535', value: 10n ** 18n })
  expect(asked).toBe('0xdaf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53')
  expect(signed.raw).toBe('0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83')
})

test('a signature of another key is refused', async () => {
  const signer = hdSignerOf(Buffer.alloc(32, 7))
  const from = await addressAt(signer, 1)
  const tx = { chainId: 30, nonce: 0, gasPrice: 1n, gas: 21_000n, to: from, value: 1n }
  await expect(signLegacy(signer, 0, from, tx)).rejects.toMatchObject({ code: 'NETWORK_REFUSED' })
  expect((await signLegacy(signer, 1, from, tx)).hash).toMatch(/^0x[0-9a-f]{64}$/)
})
