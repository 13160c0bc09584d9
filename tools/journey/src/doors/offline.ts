import { createPublicKey, ECDH, scryptSync, timingSafeEqual, verify } from 'node:crypto'
import type { Actor, Door, Outcome, Request } from './door.ts'

interface Verifier {
  readonly n: number
  readonly r: number
  readonly p: number
  readonly salt: string
  readonly hash: string
}
interface List {
  readonly id: string
  readonly on: string
  readonly validUntil: string
  readonly dues: readonly { readonly loan: string; readonly due: string; readonly verifier: Verifier | null }[]
}
interface Receipt {
  readonly receipt: string
  readonly loan: string
  readonly amount: string
  readonly code: string
  readonly on: string
}
interface Device {
  readonly jws: string
  readonly list: List
  readonly receipts: Receipt[]
}

/**
 * An agent's device where there is no connection: it never asks the node anything. `take` looks at the signature of a list that was
 * fetched before, `collect` checks a borrower's code by what the list says of it and notes a receipt, `receipts` gives them to be
 * handed in later. All by itself, with nothing of the node's own code: what one side makes, the other must be able to check.
 */
export class OfflineDoor implements Door {
  readonly name = 'offline'
  readonly #today: () => string
  readonly #devices = new Map<string, Device>()

  /** `today`: the date that the device shows. */
  constructor(today: () => string) {
    this.#today = today
  }

  perform({ name }: Actor, { operation, with: given }: Request): Promise<Outcome> {
    return Promise.resolve(this.#perform(name, operation, given))
  }

  #perform(name: string, operation: string, given: Request['with']): Outcome {
    if (operation === 'take') return this.#take(name, given)
    const device = this.#devices.get(name)
    if (!device) return invalid(`${name} has taken no list along: \`do: take\` first`)
    if (operation === 'collect') return this.#collect(device, given)
    if (operation === 'receipts') return { result: { list: device.jws, receipts: given['order'] === 'reverse' ? device.receipts.toReversed() : [...device.receipts] } }
    return invalid(`a device can \`do: take\`, \`do: collect\` and \`query: receipts\`, not "${operation}"`)
  }

  #take(name: string, given: Request['with']): Outcome {
    const { jws, signer } = (given['list'] ?? {}) as { jws?: unknown; signer?: unknown }
    if (typeof jws !== 'string' || typeof signer !== 'string') return invalid('`take` needs the `list` of collectionList, with its signer and jws')
    const payload = verified(jws, signer)
    if (!payload) return { refusal: { code: 'COLLECTION_INVALID', path: 'list' } }
    this.#devices.set(name, { jws, list: payload, receipts: [] })
    return { result: { id: payload.id, on: payload.on, dues: payload.dues.map(({ loan, due }) => ({ loan, due })) } }
  }

  #collect({ list, receipts }: Device, given: Request['with']): Outcome {
    const { loan, amount, code, receipt = `${list.id}-${receipts.length + 1}`, on = this.#today() } = given as Partial<Receipt>
    if (typeof loan !== 'string' || typeof amount !== 'string' || typeof code !== 'string') return invalid('`collect` needs `loan`, `amount` and `code`')
    const due = list.dues.find((line) => line.loan === loan)
    if (!due?.verifier) return { refusal: { code: 'NOT_FOUND', path: 'loan' } }
    if (!isRight(code, due.verifier)) return { refusal: { code: 'CODE_WRONG', path: 'code' } }
    if (receipts.some((taken) => taken.code === code)) return { refusal: { code: 'CODE_SPENT', path: 'code' } }
    const taken: Receipt = { receipt, loan, amount, code, on }
    receipts.push(taken)
    return { result: { receipt, loan, amount, on } }
  }
}

const invalid = (message: string): Outcome => ({ refusal: { code: 'JOURNEY_INVALID', message } })

function isRight(code: string, { n: N, r, p, salt, hash }: Verifier): boolean {
  const known = Buffer.from(hash, 'base64url')
  return timingSafeEqual(scryptSync(code, Buffer.from(salt, 'base64url'), known.length, { N, r, p, maxmem: 64 * 1024 * 1024 }), known)
}

/** The list in a compact JWS (ES256) of a did:key; undefined where the signature is not the signer's. */
function verified(jws: string, did: string): List | undefined {
  const [head, body, signature, ...rest] = jws.split('.')
  if (head === undefined || body === undefined || signature === undefined || rest.length > 0) return undefined
  const { alg } = decoded(head) as { alg?: unknown }
  const { iss, document } = decoded(body) as { iss?: unknown; document?: List }
  const key = keyOf(did)
  if (alg !== 'ES256' || iss !== did || !document || !key) return undefined
  return verify('sha256', Buffer.from(`${head}.${body}`), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')) ? document : undefined
}

function decoded(part: string): object {
  try {
    return Object(JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))) as object
  } catch {
    return {}
  }
}

/** Of P-256: base58 (z), the varint 0x1200, and the compressed point. */
function keyOf(did: string) {
  const bytes = /^did:key:z[1-9A-HJ-NP-Za-km-z]+$/.test(did) ? base58(did.slice('did:key:z'.length)) : undefined
  if (bytes?.length !== 35 || bytes[0] !== 0x80 || bytes[1] !== 0x24) return undefined
  const point = ECDH.convertKey(bytes.subarray(2), 'prime256v1', undefined, undefined, 'uncompressed') as Buffer
  const part = (from: number): string => point.subarray(from, from + 32).toString('base64url')
  return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: part(1), y: part(33) }, format: 'jwk' })
}

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

function base58(text: string): Buffer {
  const value = [...text].reduce((sum, sign) => sum * 58n + BigInt(ALPHABET.indexOf(sign)), 0n)
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
}
