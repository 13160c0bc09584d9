import { randomUUID } from 'node:crypto'
import { VC_CONTEXT, kidOf } from './credential.ts'
import { parseDid } from './did/document.ts'
import { isObject, isSeconds, seconds } from './encoding.ts'
import { CredentialError, refuse } from './errors.ts'
import { parseJws, signJws, type ParsedJws, type Signer } from './jws.ts'

export const MAX_PRESENTATION = 256 * 1024
export const MAX_CREDENTIALS = 16
/** A presentation is made for one moment: one that lives longer than this is refused. */
export const MAX_PRESENTATION_SECONDS = 900

export interface PresentationRequest {
  /** Credentials as JWT, unchanged. */
  readonly credentials: readonly string[]
  /** DID of the verifier it is for. */
  readonly verifierDid: string
  /** The verifier's challenge, of one use. */
  readonly challenge: string
  readonly now: Date
  /** Default: 120 seconds; at most 900. */
  readonly lifetimeSeconds?: number
}

/**
 * Makes a presentation as JWT (VC Data Model 1.1, `vp` claim), signed by the holder, bound to verifier and challenge.
 * Throws PRESENTATION_MALFORMED, PRESENTATION_LIFETIME, SIGNER_INVALID.
 */
export async function createPresentation(request: PresentationRequest, holder: Signer): Promise<string> {
  const { credentials, verifierDid, challenge, now, lifetimeSeconds = 120 } = request
  if (credentials.length > MAX_CREDENTIALS) refuse('PRESENTATION_MALFORMED', `more than ${MAX_CREDENTIALS} credentials`)
  if (!isChallenge(challenge)) refuse('PRESENTATION_MALFORMED', 'a challenge has 1 to 512 characters', 'challenge')
  parseDid(verifierDid)
  if (!(lifetimeSeconds > 0 && lifetimeSeconds <= MAX_PRESENTATION_SECONDS)) refuse('PRESENTATION_LIFETIME', 'too long or none')
  const issuedAt = seconds(now)
  const token = await signJws(holder, 'JWT', {
    iss: holder.did,
    aud: verifierDid,
    nonce: challenge,
    jti: `urn:uuid:${randomUUID()}`,
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + lifetimeSeconds,
    vp: { '@context': [VC_CONTEXT], type: ['VerifiablePresentation'], holder: holder.did, verifiableCredential: credentials },
  })
  if (token.length > MAX_PRESENTATION) refuse('PRESENTATION_MALFORMED', 'the presentation is too large')
  return token
}

export interface ParsedPresentation {
  readonly jws: ParsedJws
  readonly holder: string
  readonly kid: string | undefined
  readonly audience: string
  readonly challenge: string | undefined
  readonly validFrom: number
  readonly validUntil: number
  readonly credentials: readonly unknown[]
}

/** Takes a presentation apart and judges its form alone. Throws PRESENTATION_MALFORMED, ALGORITHM_REFUSED. */
export function parsePresentation(token: unknown): ParsedPresentation {
  const jws = parse(token)
  const { header, payload } = jws
  if (header['typ'] !== undefined && header['typ'] !== 'JWT') malformed('another type of token', 'typ')
  const { iss, aud, nonce, iat, nbf = iat, exp, vp } = payload
  if (!isObject(vp) || Object.hasOwn(payload, 'vc')) malformed('vp and no vc', 'vp')
  const types = vp['type']
  if (!Array.isArray(types) || !types.includes('VerifiablePresentation')) malformed('not a presentation', 'vp.type')
  if (typeof iss !== 'string') malformed('the holder', 'iss')
  if (vp['holder'] !== undefined && vp['holder'] !== iss) malformed('two holders', 'vp.holder')
  // One verifier: a presentation for several could be handed on by one of them.
  const audience: unknown = Array.isArray(aud) && aud.length === 1 ? aud[0] : aud
  if (typeof audience !== 'string') malformed('one verifier', 'aud')
  if (nonce !== undefined && !isChallenge(nonce)) malformed('the challenge', 'nonce')
  if (!isSeconds(nbf) || !isSeconds(exp)) malformed('nbf (or iat) and exp are instants', 'exp')
  const credentials = vp['verifiableCredential']
  if (!Array.isArray(credentials) || credentials.length > MAX_CREDENTIALS) {
    malformed('a list of at most 16 credentials', 'vp.verifiableCredential')
  }
  const kid = kidOf(header['kid'], 'PRESENTATION_MALFORMED')
  return { jws, holder: iss, kid, audience, challenge: nonce, validFrom: nbf, validUntil: exp, credentials }
}

function parse(token: unknown): ParsedJws {
  try {
    return parseJws(token, MAX_PRESENTATION)
  } catch (cause) {
    if (cause instanceof CredentialError && cause.code === 'ALGORITHM_REFUSED') throw cause
    throw new CredentialError('PRESENTATION_MALFORMED', 'not a signed presentation', undefined, { cause })
  }
}

function isChallenge(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 512
}

function malformed(message: string, path: string): never {
  throw new CredentialError('PRESENTATION_MALFORMED', message, path)
}
