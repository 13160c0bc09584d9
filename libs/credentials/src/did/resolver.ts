import { codeOf, CredentialError, refuse } from '../errors.ts'
import type { DocumentFetcher } from '../fetch.ts'
import { importPublicJwk, thumbprint, type Algorithm, type PublicJwk, type VerificationKey } from '../jwk.ts'
import { BoundedCache } from '../cache.ts'
import { didJwkDocument, didJwkKid, keyOfDidJwk } from './did-jwk.ts'
import { didKeyDocument, didKeyKid, keyOfDidKey } from './did-key.ts'
import { didWebUrl } from './did-web.ts'
import { parseDid, parseDidDocument, type DidDocument, type Purpose } from './document.ts'

export interface Clock {
  now(): Date
}

export interface ResolverOptions {
  /** Documents of this node itself, asked before anything else. */
  readonly local?: (did: string) => DidDocument | undefined | Promise<DidDocument | undefined>
  /** Fetches did:web documents; without it only local ones resolve. */
  readonly fetcher?: DocumentFetcher
  /** Other DID methods; gives a DID document as JSON. */
  readonly fallback?: (did: string) => Promise<unknown>
  readonly clock?: Clock
  /** How long a fetched document is believed. Default: 5 minutes. */
  readonly ttlMs?: number
  /** How many fetched documents are kept. Default: 256. */
  readonly maxDocuments?: number
  /** How many native keys are kept. Default: 4096. */
  readonly maxKeys?: number
  /** Time allowed for a fetch. Default: 5 seconds. */
  readonly timeoutMs?: number
}

export interface ResolveOptions {
  /**
   * Whether the network may be asked. Default: false. Only for DIDs that somebody here trusts: otherwise whoever sends a
   * token decides which addresses this node calls.
   */
  readonly remote?: boolean
}

export interface DidResolver {
  /**
   * The document of a DID. Throws DID_MALFORMED, DID_TOO_LARGE, DID_PRIVATE_KEY, DID_KEY_UNSUPPORTED,
   * DID_METHOD_UNSUPPORTED, DID_DOCUMENT_INVALID, DID_UNRESOLVED (could not be reached), DID_REMOTE_REFUSED.
   */
  resolve(did: string, options?: ResolveOptions): Promise<DidDocument>
  /**
   * The keys of a DID that may have signed with this algorithm for this purpose: the one that `kid` names, or all of them
   * where the token names none. Throws as resolve does, and DID_KEY_NOT_FOUND; ALGORITHM_REFUSED where the named key
   * has another algorithm.
   */
  keys(did: string, kid: string | undefined, algorithm: Algorithm, purpose: Purpose, options?: ResolveOptions): Promise<VerificationKey[]>
  /** Forgets a fetched document, so that the next look-up fetches it anew. */
  forget(did: string): void
}

const MAX_DOCUMENT_BYTES = 64 * 1024

/** The resolver over native crypto. did:jwk and did:key need no network and no other library. */
export function createResolver(options: ResolverOptions = {}): DidResolver {
  const { local, fetcher, fallback, clock = { now: () => new Date() }, ttlMs = 300_000, timeoutMs = 5_000 } = options
  const documents = new BoundedCache<string, { document: DidDocument; at: number }>(options.maxDocuments ?? 256)
  const pending = new Map<string, Promise<DidDocument>>()
  const nativeKeys = new BoundedCache<string, VerificationKey>(options.maxKeys ?? 4096)

  const nativeKey = (name: string, jwk: () => PublicJwk): VerificationKey => {
    const cached = nativeKeys.get(name)
    if (cached !== undefined) return cached
    const key = importPublicJwk(jwk())
    nativeKeys.set(name, key)
    return key
  }

  const documentJson = (did: string): Promise<unknown> => {
    if (did.startsWith('did:web:') && fetcher !== undefined) return fetchJson(fetcher, did, timeoutMs)
    if (!did.startsWith('did:web:') && fallback !== undefined) return fromFallback(fallback, did)
    return refuse('DID_METHOD_UNSUPPORTED', 'nothing here resolves this DID')
  }

  const fetchDocument = async (did: string): Promise<DidDocument> => {
    const document = parseDidDocument(await documentJson(did), did)
    documents.set(did, { document, at: clock.now().getTime() })
    return document
  }

  const resolveRemote = (did: string, remote: boolean): Promise<DidDocument> | DidDocument => {
    const cached = documents.get(did)
    const age = cached === undefined ? Infinity : clock.now().getTime() - cached.at
    // A negative age means that the clock was set back: believe nothing then.
    if (cached !== undefined && age >= 0 && age < ttlMs) return cached.document
    if (!remote) refuse('DID_REMOTE_REFUSED', 'the network is not asked about this DID')
    const running = pending.get(did) ?? fetchDocument(did).finally(() => pending.delete(did))
    pending.set(did, running)
    return running
  }

  const resolve = async (did: string, { remote = false }: ResolveOptions = {}): Promise<DidDocument> => {
    const { method } = parseDid(did)
    if (method === 'jwk') return didJwkDocument(did)
    if (method === 'key') return didKeyDocument(did)
    return (await local?.(did)) ?? resolveRemote(did, remote)
  }

  return {
    resolve,
    forget: (did) => documents.delete(did),
    async keys(did, kid, algorithm, purpose, resolveOptions) {
      if (did.startsWith('did:jwk:') || did.startsWith('did:key:')) {
        const isJwk = did.startsWith('did:jwk:')
        if (kid !== undefined && kid !== (isJwk ? didJwkKid(did) : didKeyKid(did))) refuse('DID_KEY_NOT_FOUND', 'the DID has no such key')
        const key = nativeKey(did, () => (isJwk ? keyOfDidJwk(did) : keyOfDidKey(did)))
        return [requireAlgorithm(key, algorithm)]
      }
      const document = await resolve(did, resolveOptions)
      const methods = document.verificationMethod.filter(
        ({ id }) => document[purpose].includes(id) && (kid === undefined || id === kid),
      )
      const keys = methods.map(({ publicKeyJwk }) => nativeKey(thumbprint(publicKeyJwk), () => publicKeyJwk))
      if (keys.length === 0) refuse('DID_KEY_NOT_FOUND', `the DID has no such key for ${purpose}`)
      const fitting = keys.filter((key) => key.algorithm === algorithm)
      if (fitting.length === 0) refuse('ALGORITHM_REFUSED', 'the key has another algorithm')
      return fitting
    },
  }
}

function requireAlgorithm(key: VerificationKey, algorithm: Algorithm): VerificationKey {
  if (key.algorithm !== algorithm) refuse('ALGORITHM_REFUSED', 'the key has another algorithm')
  return key
}

async function fetchJson(fetcher: DocumentFetcher, did: string, timeoutMs: number): Promise<unknown> {
  try {
    return JSON.parse(await fetcher.fetch(didWebUrl(did), { maxBytes: MAX_DOCUMENT_BYTES, timeoutMs }))
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new CredentialError('DID_DOCUMENT_INVALID', 'the document is not JSON', undefined, { cause })
    const reason = codeOf(cause, 'FETCH_FAILED')
    throw new CredentialError('DID_UNRESOLVED', `the document could not be fetched (${reason})`, undefined, { cause })
  }
}

async function fromFallback(fallback: (did: string) => Promise<unknown>, did: string): Promise<unknown> {
  try {
    return await fallback(did)
  } catch (cause) {
    throw new CredentialError('DID_UNRESOLVED', 'the DID could not be resolved', undefined, { cause })
  }
}
