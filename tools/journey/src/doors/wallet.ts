import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { Actor, Door, Outcome, Request } from './door.ts'
import { type Fields, invalid, unreadable } from './fields.ts'

type Json = Record<string, unknown>

interface Keys {
  readonly did: string
  readonly privateKey: KeyObject
}

const OPERATIONS: Readonly<Record<string, Fields>> = {
  tamper: { 'presentation!': 'text' },
  present: { 'presentation!': 'text', verifier: 'text', credentials: 'texts', subject: 'yes or no', issuer: 'text' },
}

/**
 * Keys that somebody holds outside of the node, and what can be tried with them: `tamper` changes a presentation under its
 * signature, `present` makes another one out of it, signed with a key of one's own: of the same credentials, of others
 * (`credentials`), with oneself written into them as their subject (`subject: true`), or issued anew by oneself
 * (`issuer: own`) or in the name of another (`issuer: did:web:…`), for the same verifier or another (`verifier`). All by itself,
 * with nothing of the node's own code.
 */
export class WalletDoor implements Door {
  readonly name = 'wallet'
  readonly #keys = new Map<string, Keys>()

  perform({ name }: Actor, { kind, operation, with: given }: Request): Promise<Outcome> {
    const fields = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined
    if (kind !== 'do' || fields === undefined) return Promise.resolve(invalid(`a wallet has \`do: tamper\` and \`do: present\`, not "${kind}: ${operation}"`))
    const problem = unreadable(operation, given, fields)
    if (problem) return Promise.resolve(problem)
    const { presentation, ...options } = given as unknown as Making & { readonly presentation: string }
    const parts = partsOf(presentation)
    if (!parts) return Promise.resolve(invalid('that is no presentation'))
    const made = operation === 'tamper' ? joined(parts.head, { ...parts.payload, jti: 'urn:changed' }, parts.tail) : remade(parts, options, this.#keysOf(name))
    return Promise.resolve({ result: { presentation: made } })
  }

  #keysOf(name: string): Keys {
    const known = this.#keys.get(name)
    if (known) return known
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const { kty, crv, x, y } = publicKey.export({ format: 'jwk' })
    const did = `did:jwk:${Buffer.from(JSON.stringify({ alg: 'ES256', use: 'sig', kty, crv, x, y })).toString('base64url')}`
    const keys = { did, privateKey }
    this.#keys.set(name, keys)
    return keys
  }
}

interface Making {
  readonly verifier?: string
  readonly credentials?: readonly string[]
  readonly subject?: boolean
  readonly issuer?: string
}

interface Parts {
  readonly head: Json
  readonly payload: Json
  readonly tail: string
}

function remade({ head, payload }: Parts, { verifier, credentials, subject, issuer }: Making, keys: Keys): string {
  const vp = payload['vp'] as Json
  const given = credentials ?? (vp['verifiableCredential'] as readonly string[])
  const all = subject === true || issuer !== undefined ? given.map((credential) => reissued(credential, issuer, keys)) : given
  return signed({ ...head, kid: `${keys.did}#0` }, { ...payload, iss: keys.did, ...(verifier === undefined ? {} : { aud: verifier }), vp: { ...vp, holder: keys.did, verifiableCredential: all } }, keys)
}

/** With another subject, under the signature that it had; with another issuer, under one's own. */
function reissued(credential: string, issuer: string | undefined, keys: Keys): string {
  const parts = partsOf(credential)
  if (!parts) return credential
  const vc = parts.payload['vc'] as Json
  const about = { sub: keys.did, vc: { ...vc, credentialSubject: { ...(vc['credentialSubject'] as Json), id: keys.did } } }
  if (issuer === undefined) return joined(parts.head, { ...parts.payload, ...about }, parts.tail)
  const by = issuer === 'own' ? keys.did : issuer
  const vcBy = 'issuer' in vc ? { ...about.vc, issuer: typeof vc['issuer'] === 'object' ? { ...(vc['issuer'] as Json), id: by } : by } : about.vc
  return signed({ ...parts.head, kid: issuer === 'own' ? `${by}#0` : `${by}#key-1` }, { ...parts.payload, ...about, vc: vcBy, iss: by }, keys)
}

function signed(head: Json, payload: Json, { privateKey }: Keys): string {
  const input = joined({ ...head, alg: 'ES256' }, payload, '').slice(0, -1)
  return `${input}.${sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}

const encoded = (value: Json): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const joined = (head: Json, payload: Json, tail: string): string => `${encoded(head)}.${encoded(payload)}.${tail}`

function partsOf(token: string): Parts | undefined {
  const [head, payload, tail] = token.split('.')
  try {
    const decoded = (part: string | undefined): Json => JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8')) as Json
    return { head: decoded(head), payload: decoded(payload), tail: tail ?? '' }
  } catch {
    return undefined
  }
}
