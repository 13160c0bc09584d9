import { randomUUID } from 'node:crypto'
import { claimsOf, validateClaims, type Claims } from './claims.ts'
import { parseDid } from './did/document.ts'
import { isObject, isSeconds, seconds, type JsonObject } from './encoding.ts'
import { CredentialError, refuse, type CredentialCode } from './errors.ts'
import { parseJws, signJws, type ParsedJws, type Signer } from './jws.ts'
import { isCredentialType, type CredentialType } from './schemas.ts'

export const VC_CONTEXT = 'https://www.w3.org/2018/credentials/v1'
// Gives our types and claims a meaning of their own for readers of JSON-LD, without a document that must be fetched.
const GROWR_CONTEXT = { '@vocab': 'urn:growr:credential:1:' }
const MAX_CREDENTIAL = 16 * 1024
const ORGANIZATION = /^[A-Za-z0-9][A-Za-z0-9.:%_-]{0,255}$/

/** Where a credential's revocation is looked up (W3C Bitstring Status List). */
export interface StatusEntry {
  readonly purpose: 'revocation' | 'suspension'
  /** Address of the status list credential. */
  readonly list: string
  readonly index: number
}

export interface CredentialRequest {
  readonly type: CredentialType
  /** The holder's DID. */
  readonly subject: string
  /** The organization (its id or DID) in whose name the node's issuer states this. */
  readonly organization: string
  readonly claims: Claims
  readonly validFrom: Date
  readonly validUntil: Date
  readonly status: StatusEntry
  /** Default: a random `urn:uuid:`. */
  readonly id?: string
  /** Digest of the connector's statement that the claims come from. */
  readonly statement?: string
}

/** A credential taken apart. Nothing in it has been judged but its form. */
export interface ParsedCredential {
  readonly jws: ParsedJws
  readonly id: string
  readonly type: CredentialType
  readonly issuer: string
  readonly kid: string | undefined
  readonly organization: string | undefined
  readonly subject: string
  /** Seconds since 1970. */
  readonly validFrom: number
  /** Seconds since 1970. */
  readonly validUntil: number
  readonly status: StatusEntry | undefined
  /** Not yet validated by schema. */
  readonly claims: JsonObject
}

export interface IssuedCredential {
  readonly jwt: string
  readonly id: string
  readonly type: CredentialType
  readonly issuer: string
  readonly organization: string
  readonly subject: string
  readonly validFrom: Date
  readonly validUntil: Date
  readonly status: StatusEntry
}

/**
 * Issues a credential as JWT (W3C VC Data Model 1.1, `vc` claim). The organization stands in `vc.evidence`, as an
 * OrganizationStatement: the issuer is the node, the evidence is that this organization states it.
 * Throws CREDENTIAL_TYPE_UNKNOWN, CREDENTIAL_SCHEMA (with path), DID_MALFORMED, CREDENTIAL_MALFORMED, SIGNER_INVALID.
 */
export async function issueCredential(request: CredentialRequest, signer: Signer): Promise<IssuedCredential> {
  const { type, subject, organization, validFrom, validUntil, status, id = `urn:uuid:${randomUUID()}` } = request
  if (!isCredentialType(type)) refuse('CREDENTIAL_TYPE_UNKNOWN', 'not one of the nine types', 'type')
  const claims = validateClaims(type, request.claims)
  parseDid(subject)
  if (!ORGANIZATION.test(organization)) refuse('CREDENTIAL_MALFORMED', 'not the id or DID of an organization', 'organization')
  if (!(validUntil.getTime() > validFrom.getTime())) refuse('CREDENTIAL_MALFORMED', 'ends before it begins', 'validUntil')
  requireStatusEntry(status)
  const evidence = {
    type: ['OrganizationStatement'],
    organization,
    ...(request.statement === undefined ? {} : { statement: request.statement }),
  }
  const jwt = await signJws(signer, 'JWT', {
    iss: signer.did,
    sub: subject,
    jti: id,
    nbf: seconds(validFrom),
    exp: seconds(validUntil),
    vc: {
      '@context': [VC_CONTEXT, GROWR_CONTEXT],
      type: ['VerifiableCredential', type],
      credentialSubject: { id: subject, ...claims },
      credentialStatus: {
        id: `${status.list}#${status.index}`,
        type: 'BitstringStatusListEntry',
        statusPurpose: status.purpose,
        statusListIndex: String(status.index),
        statusListCredential: status.list,
      },
      evidence: [evidence],
    },
  })
  // What leaves must be what we would take in: an oversize credential is found here, not at the borrower's application.
  parseCredential(jwt)
  return { jwt, id, type, issuer: signer.did, organization, subject, validFrom, validUntil, status }
}

function requireStatusEntry({ list, index, purpose }: StatusEntry): void {
  const known = purpose === 'revocation' || purpose === 'suspension'
  if (!known || !URL.canParse(list) || list.length > 512 || !Number.isSafeInteger(index) || index < 0) {
    refuse('CREDENTIAL_MALFORMED', 'not a status list entry', 'status')
  }
}

/**
 * Takes a credential apart and judges its form alone. Throws CREDENTIAL_MALFORMED (with path), CREDENTIAL_TYPE_UNKNOWN,
 * JWS_MALFORMED, JWS_TOO_LARGE (16 KiB), ALGORITHM_REFUSED.
 */
export function parseCredential(token: unknown): ParsedCredential {
  const jws = parseJws(token, MAX_CREDENTIAL)
  const { header, payload } = jws
  if (header['typ'] !== undefined && header['typ'] !== 'JWT') malformed('another type of token', 'typ')
  const { iss, sub, jti, nbf, exp, vc } = payload
  if (!isObject(vc)) malformed('no vc', 'vc')
  if (Object.hasOwn(payload, 'vp')) malformed('both vc and vp', 'vp')
  if (!isText(iss) || !isText(sub) || !isText(jti)) malformed('iss, sub and jti are texts', 'iss')
  if (!isSeconds(nbf) || !isSeconds(exp) || exp <= nbf) malformed('nbf and exp are instants in that order', 'exp')
  const context = vc['@context']
  if (!Array.isArray(context) || context[0] !== VC_CONTEXT || context.length > 8) {
    malformed('not the context of the data model 1.1', 'vc.@context')
  }
  const subject = vc['credentialSubject']
  if (!isObject(subject)) malformed('one subject', 'vc.credentialSubject')
  // VCDM 1.1, 6.3.1: sub stands for the subject's id, which may be left out there but not differ.
  if (subject['id'] !== undefined && subject['id'] !== sub) malformed('two subjects', 'vc.credentialSubject.id')
  return {
    jws,
    id: jti,
    type: typeOf(vc['type']),
    issuer: iss,
    kid: kidOf(header['kid'], 'CREDENTIAL_MALFORMED'),
    organization: organizationOf(vc['evidence']),
    subject: sub,
    validFrom: nbf,
    validUntil: exp,
    status: statusOf(vc['credentialStatus']),
    claims: claimsOf(subject),
  }
}

/** The type that an unverified credential says it has, for naming it in an error; undefined where it cannot be read. */
export function peekType(token: unknown): CredentialType | undefined {
  try {
    const { vc } = parseJws(token, MAX_CREDENTIAL).payload
    return isObject(vc) ? typeOf(vc['type']) : undefined
  } catch {
    return undefined
  }
}

function typeOf(types: unknown): CredentialType {
  if (!Array.isArray(types) || types.length !== 2 || types[0] !== 'VerifiableCredential') {
    malformed('VerifiableCredential and one type', 'vc.type')
  }
  const type: unknown = types[1]
  if (!isCredentialType(type)) throw new CredentialError('CREDENTIAL_TYPE_UNKNOWN', 'not one of the nine types', 'vc.type')
  return type
}

/** The `kid` of a header, if it has one. Throws with the given code where it is not a text. */
export function kidOf(kid: unknown, code: CredentialCode): string | undefined {
  return kid === undefined || isText(kid) ? kid : refuse(code, 'kid is a text', 'kid')
}

function organizationOf(evidence: unknown): string | undefined {
  if (evidence === undefined) return undefined
  if (!Array.isArray(evidence) || evidence.length > 8) malformed('evidence is a short list', 'vc.evidence')
  const statements = evidence.filter(
    (item) => isObject(item) && Array.isArray(item['type']) && item['type'].includes('OrganizationStatement'),
  )
  if (statements.length === 0) return undefined
  const organization: unknown = (statements[0] as JsonObject)['organization']
  // Two organizations in one credential would let the reader choose.
  if (statements.length > 1 || typeof organization !== 'string' || !ORGANIZATION.test(organization)) {
    malformed('one organization', 'vc.evidence')
  }
  return organization
}

function statusOf(status: unknown): StatusEntry | undefined {
  if (status === undefined) return undefined
  if (!isObject(status) || status['type'] !== 'BitstringStatusListEntry') {
    malformed('not a Bitstring status list entry', 'vc.credentialStatus')
  }
  const { statusPurpose: purpose, statusListIndex: index, statusListCredential: list } = status
  if (purpose !== 'revocation' && purpose !== 'suspension') malformed('revocation or suspension', 'vc.credentialStatus.statusPurpose')
  if (typeof index !== 'string' || !/^(?:0|[1-9]\d{0,14})$/.test(index)) {
    malformed('an index in decimal digits', 'vc.credentialStatus.statusListIndex')
  }
  if (!isText(list) || list.length > 512 || !URL.canParse(list)) malformed('an address', 'vc.credentialStatus.statusListCredential')
  return { purpose, list, index: Number(index) }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 2560
}

function malformed(message: string, path: string): never {
  throw new CredentialError('CREDENTIAL_MALFORMED', message, path)
}
