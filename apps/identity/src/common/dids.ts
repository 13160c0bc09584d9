import {
  algorithmOf, buildDidWebDocument, didKey, didKeyKid, didWebKid, issuerDid, organizationDid, parseDidWeb, parsePublicJwk, verifierDid,
  type DidDocument, type Signer,
} from '@growr/credentials'
import type { Custody, KeyInfo } from '@growr/keys'

type Part = 'issuer' | 'verifier' | 'organization'

/**
 * The DIDs of the node's own: its issuer, its verifier, its organizations. did:web where the node has a public host, whose
 * documents are served from here; else did:key, which is its key and therefore never rotates.
 */
export class NodeDids {
  readonly #custody: Custody
  readonly #host: string | undefined

  constructor(custody: Custody, host: string | undefined) {
    this.#custody = custody
    this.#host = host
  }

  /** Makes the keys of issuer and verifier at the first start. */
  async prepare(): Promise<void> {
    await this.#custody.ensure({ purpose: 'issuer', algorithm: 'ES256' })
    await this.#custody.ensure({ purpose: 'verifier', algorithm: 'ES256' })
  }

  get issuer(): Signer {
    return this.#signer('issuer', 'main', this.#host === undefined ? undefined : issuerDid(this.#host))
  }

  get verifier(): Signer {
    return this.#signer('verifier', 'main', this.#host === undefined ? undefined : verifierDid(this.#host))
  }

  /** The DID of an organization and its key, made where there is none yet. */
  async createOrganization(id: string): Promise<string> {
    const key = await this.#custody.ensure({ purpose: 'organization', id, algorithm: 'ES256' })
    return this.#host === undefined ? didKey(parsePublicJwk(key.publicJwk)) : organizationDid(this.#host, id)
  }

  /** Signs in the name of an organization under the DID that it was given when it was created. */
  organization(id: string, did: string): Signer {
    return this.#signer('organization', id, did)
  }

  /** A new key signs from now on, earlier ones still verify. Only under did:web: a did:key is its key. */
  async rotate(part: Part, id = 'main'): Promise<void> {
    if (this.#host === undefined) throw new Error('a did:key cannot rotate: give the node a public host first')
    await this.#custody.rotateSigningKey(part, id)
  }

  /** The document of one of this host's did:web, if there is such a key. */
  document(did: string): DidDocument | undefined {
    if (this.#host === undefined || !did.startsWith('did:web:')) return undefined
    const { host, path } = parseDidWeb(did)
    const [first, second] = path
    if (host !== this.#host.toLowerCase()) return undefined
    if (path.length === 1 && (first === 'issuer' || first === 'verifier')) return this.#document(did, first, 'main')
    return path.length === 2 && first === 'org' && second !== undefined ? this.#document(did, 'organization', second) : undefined
  }

  /** The did:web of a part of this host; undefined where the node has no public host. */
  webDid(part: Part, id: string): string | undefined {
    if (this.#host === undefined) return undefined
    return part === 'organization' ? organizationDid(this.#host, id) : part === 'issuer' ? issuerDid(this.#host) : verifierDid(this.#host)
  }

  #document(did: string, part: Part, id: string): DidDocument | undefined {
    const keys = this.#custody.list(part).filter((key) => key.id === id)
    const jwks = (retired: boolean) => keys.filter((key) => (key.retiredAt !== undefined) === retired).map((key) => parsePublicJwk(key.publicJwk))
    return keys.length === 0 ? undefined : buildDidWebDocument(did, { current: jwks(false), retired: jwks(true) })
  }

  #signer(part: Part, id: string, did: string | undefined): Signer {
    const key = this.#custody.current(part, id)
    if (key === undefined) throw new Error(`there is no key ${part}`)
    return signerOf(key, did ?? didKey(parsePublicJwk(key.publicJwk)), this.#custody)
  }
}

function signerOf(key: KeyInfo, did: string, custody: Custody): Signer {
  const jwk = parsePublicJwk(key.publicJwk)
  const isKey = did.startsWith('did:key:')
  if (isKey && didKey(jwk) !== did) throw new Error('the key of a did:key was replaced')
  return {
    did,
    kid: isKey ? didKeyKid(did) : didWebKid(did, jwk),
    algorithm: algorithmOf(jwk),
    sign: (bytes) => custody.sign(key.kid, bytes),
  }
}
