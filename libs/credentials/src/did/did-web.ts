import { refuse } from '../errors.ts'
import { thumbprint, type PublicJwk } from '../jwk.ts'
import { DID_CONTEXT, parseDid, type DidDocument } from './document.ts'

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const HOST = new RegExp(`^${LABEL}(?:\\.${LABEL})*(?::[1-9][0-9]{0,4})?$`)
const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/

/** did:web of a host (`growr.example`, `127.0.0.1:8080`) and a path. Throws DID_MALFORMED. */
export function didWeb(host: string, ...path: string[]): string {
  const name = host.toLowerCase()
  if (name.length > 253 || !HOST.test(name)) refuse('DID_MALFORMED', 'not a host name with an optional port', 'host')
  if (path.length > 8 || !path.every((segment) => SEGMENT.test(segment))) refuse('DID_MALFORMED', 'not a path of a did:web', 'path')
  return ['did:web', name.replace(':', '%3A'), ...path].join(':')
}

/** `did:web:HOST:issuer`: whoever issues credentials on the node of that host. */
export const issuerDid = (host: string): string => didWeb(host, 'issuer')
/** `did:web:HOST:verifier`: whoever verifies presentations on the node of that host. */
export const verifierDid = (host: string): string => didWeb(host, 'verifier')
/** `did:web:HOST:org:ID`: an organization of the node of that host; it signs receipts and contracts. */
export const organizationDid = (host: string, id: string): string => didWeb(host, 'org', id)

export interface DidWebParts {
  /** Host with its port, decoded: `growr.example:8443`. */
  readonly host: string
  readonly path: readonly string[]
}

/** Host and path of a did:web. Throws DID_MALFORMED. */
export function parseDidWeb(did: string): DidWebParts {
  const { method, id } = parseDid(did)
  if (method !== 'web') refuse('DID_MALFORMED', 'not a did:web')
  const [name = '', ...path] = id.split(':')
  const host = name.replace(/%3a/i, ':')
  // Built anew and compared, so that one thing has one name.
  if (didWeb(host, ...path) !== did) refuse('DID_MALFORMED', 'not the canonical form of a did:web')
  return { host, path }
}

/** Path below the host at which the document is served: `/issuer/did.json`, `/org/ID/did.json`, `/.well-known/did.json`. */
export function didWebPath(did: string): string {
  const { path } = parseDidWeb(did)
  return path.length === 0 ? '/.well-known/did.json' : `/${path.join('/')}/did.json`
}

/** Where the document of a did:web is fetched: https, but http for a host that is this machine (development). */
export function didWebUrl(did: string): URL {
  const { host } = parseDidWeb(did)
  const url = new URL(`https://${host}${didWebPath(did)}`)
  if (isLoopback(url.hostname)) url.protocol = 'http:'
  return url
}

/** Whether a host name means this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
}

export interface DidWebKeys {
  /** Keys that sign now. */
  readonly current: readonly PublicJwk[]
  /** Keys that signed earlier: what they signed still verifies, but they no longer log anybody in. A stolen key belongs in neither. */
  readonly retired?: readonly PublicJwk[]
}

/** The kid of a key in a did:web document built here: its thumbprint, so it stays when keys are added. */
export function didWebKid(did: string, jwk: PublicJwk): string {
  return `${did}#${thumbprint(jwk)}`
}

/** The DID document to serve at didWebPath(did). */
export function buildDidWebDocument(did: string, { current, retired = [] }: DidWebKeys): DidDocument {
  parseDidWeb(did)
  if (current.length === 0) refuse('DID_DOCUMENT_INVALID', 'a DID document needs a current key')
  const all = [...current, ...retired]
  const kids = all.map((jwk) => didWebKid(did, jwk))
  if (new Set(kids).size !== kids.length) refuse('DID_DOCUMENT_INVALID', 'the same key twice')
  return {
    '@context': DID_CONTEXT,
    id: did,
    verificationMethod: all.map((jwk) => ({ id: didWebKid(did, jwk), type: 'JsonWebKey2020', controller: did, publicKeyJwk: jwk })),
    assertionMethod: kids,
    authentication: kids.slice(0, current.length),
  }
}
