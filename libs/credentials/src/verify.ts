import { validateClaims, type Claims } from './claims.ts'
import { parseCredential, peekType, type ParsedCredential } from './credential.ts'
import { criteriaDigest, type Criteria } from './criteria.ts'
import type { Purpose } from './did/document.ts'
import type { DidResolver } from './did/resolver.ts'
import { evaluateCriteria, type Facts } from './eligibility.ts'
import { exceedsCeiling, type Indebtedness } from './indebtedness.ts'
import { seconds, sha256 } from './encoding.ts'
import { codeOf, refuse, type CredentialCode } from './errors.ts'
import { isSignedBy, type ParsedJws } from './jws.ts'
import { MAX_PRESENTATION_SECONDS, parsePresentation, type ParsedPresentation } from './presentation.ts'
import type { CredentialType } from './schemas.ts'
import type { StatusListSource } from './status-source.ts'
import { Checklist, type Verification } from './verification.ts'

export interface VerifyOptions {
  /** Own DID: the presentation must be for it. */
  readonly verifierDid: string
  /** The challenge that was given out; taking it back after one use is the caller's part. */
  readonly challenge: string
  readonly now: Date
  /** What the project requires and whom it trusts, out of parseCriteria. */
  readonly criteria: Criteria
  readonly resolver: DidResolver
  readonly statusSource: StatusListSource
  /** By how much another node's clock may differ. Default: 0. */
  readonly toleranceSeconds?: number
  /** What the holder would owe, for a project that sets a ceiling on it: judged against the income that the presentation shows. */
  readonly indebtedness?: Indebtedness | undefined
}

interface Context extends VerifyOptions {
  readonly at: number
  readonly tolerance: number
  readonly checklist: Checklist
}

/**
 * Judges a presentation. It never throws for what is in the presentation: every check is listed with its own verdict and
 * code, and the whole is valid only if all are. Throws PRESENTATION_MALFORMED where the caller names no verifier or no
 * challenge, since then nothing would bind the presentation.
 */
export async function verifyPresentation(token: unknown, options: VerifyOptions): Promise<Verification> {
  if (options.verifierDid === '' || options.challenge === '') refuse('PRESENTATION_MALFORMED', 'a verifier and a challenge are needed')
  const { criteria, toleranceSeconds: tolerance = 0 } = options
  const checklist = new Checklist()
  const context: Context = { ...options, at: seconds(options.now), tolerance, checklist }
  const presentation = parseOr(() => parsePresentation(token), (code) => checklist.fail('presentation.form', 'checks.presentation', code))
  if (presentation !== undefined) {
    checklist.pass('presentation.form', 'checks.presentation')
    await checkPresentation(presentation, context)
    const facts: Facts = {}
    const seen = new Set<CredentialType>()
    for (const [index, item] of presentation.credentials.entries()) {
      await checkCredential(item, index, presentation.holder, seen, facts, context)
    }
    await checkCriteria(seen, facts, context)
    checkIndebtedness(seen, facts, context)
  }
  return {
    verdict: checklist.verdict,
    checks: checklist.checks,
    holder: presentation?.holder,
    digest: sha256(typeof token === 'string' ? token : ''),
    criteriaDigest: criteriaDigest(criteria),
  }
}

function parseOr<T>(parse: () => T, otherwise: (code: CredentialCode) => unknown): T | undefined {
  try {
    return parse()
  } catch (error) {
    otherwise(codeOf(error, 'PRESENTATION_MALFORMED'))
    return undefined
  }
}

async function checkPresentation(presentation: ParsedPresentation, context: Context): Promise<void> {
  const { checklist, at, tolerance, criteria } = context
  const path = 'checks.presentation'
  const { jws, holder, kid, validFrom, validUntil } = presentation
  const signature = await signatureOf(jws, holder, kid, 'authentication', false, 'PRESENTATION_TAMPERED', context)
  if (signature === null) checklist.pass('presentation.signature', path)
  else checklist.fail('presentation.signature', path, signature)

  if (at >= validUntil + tolerance) checklist.fail('presentation.time', path, 'PRESENTATION_EXPIRED')
  else if (at < validFrom - tolerance) checklist.fail('presentation.time', path, 'PRESENTATION_NOT_YET_VALID')
  else checklist.expect(validUntil - validFrom <= MAX_PRESENTATION_SECONDS, 'presentation.time', path, 'PRESENTATION_LIFETIME')

  checklist.expect(presentation.audience === context.verifierDid, 'presentation.verifier', path, 'WRONG_VERIFIER')
  checklist.expect(presentation.challenge === context.challenge, 'presentation.challenge', path, 'WRONG_CHALLENGE')
  checklist.expect(criteria.trusted.length > 0, 'trust', 'checks.trusted', 'NO_TRUSTED_ISSUER')
}

/** Null for a good signature, else the reason. An issuer that cannot be reached is DID_UNRESOLVED. */
async function signatureOf(
  jws: ParsedJws, did: string, kid: string | undefined, purpose: Purpose, remote: boolean, tampered: CredentialCode, { resolver }: Context,
): Promise<CredentialCode | null> {
  try {
    const keys = await resolver.keys(did, kid, jws.algorithm, purpose, { remote })
    return keys.some((key) => isSignedBy(jws, key)) ? null : tampered
  } catch (error) {
    const code = codeOf(error, 'DID_UNRESOLVED')
    // The token names a key that its signer does not have: whoever signed it was somebody else.
    return code === 'DID_KEY_NOT_FOUND' ? tampered : code
  }
}

async function checkCredential(
  item: unknown, index: number, holder: string, seen: Set<CredentialType>, facts: Facts, context: Context,
): Promise<void> {
  const { checklist } = context
  const credential = parseOr(
    () => parseCredential(item),
    (code) => {
      const type = peekType(item)
      const reason = code === 'ALGORITHM_REFUSED' || code === 'CREDENTIAL_TYPE_UNKNOWN' ? code : 'CREDENTIAL_MALFORMED'
      checklist.fail('credential.form', `checks.${type ?? `credentials.${index}`}`, reason, type)
      if (type !== undefined) seen.add(type)
    },
  )
  if (credential === undefined) return
  const { type } = credential
  const path = `checks.${type}`
  // Two of a type would let the borrower choose which history the criteria see.
  const first = checklist.expect(!seen.has(type), 'credential.form', path, 'CREDENTIAL_DUPLICATE', type)
  seen.add(type)
  const passed = await checkParsed(credential, holder, path, context)
  const claims = checkClaims(credential, path, context)
  if (first && passed && claims !== undefined) facts[type] = claims
  else delete facts[type]
}

async function checkParsed(credential: ParsedCredential, holder: string, path: string, context: Context): Promise<boolean> {
  const { checklist, at, tolerance } = context
  const { type, validFrom, validUntil } = credential
  const trusted = isTrusted(credential, context.criteria)
  const signed = await checkSignature(credential, trusted, path, context)
  const held = checklist.expect(credential.subject === holder, 'credential.holder', path, 'HOLDER_MISMATCH', type)
  const untrusted = context.criteria.trusted.length === 0 ? 'NO_TRUSTED_ISSUER' : 'ISSUER_UNTRUSTED'
  checklist.expect(trusted, 'credential.issuer', path, untrusted, type)
  const begun = at >= validFrom - tolerance
  const untimely = begun ? 'CREDENTIAL_EXPIRED' : 'CREDENTIAL_NOT_YET_VALID'
  const timely = checklist.expect(begun && at < validUntil + tolerance, 'credential.time', path, untimely, type)
  // Its address comes from the credential, so it is asked only once its issuer is known and trusted.
  const standing = signed && trusted
    ? await checkStatus(credential, path, context)
    : checklist.unknown('credential.status', path, 'NOT_CHECKED', type)
  return signed && held && trusted && timely && standing
}

function isTrusted({ issuer, organization }: ParsedCredential, { trusted }: Criteria): boolean {
  return trusted.some((pair) => pair.issuer === issuer && pair.organization === organization)
}

async function checkSignature(credential: ParsedCredential, trusted: boolean, path: string, context: Context): Promise<boolean> {
  const { checklist } = context
  const { jws, issuer, kid, type } = credential
  // The network is asked only for issuers that the project names.
  const reason = await signatureOf(jws, issuer, kid, 'assertionMethod', trusted, 'CREDENTIAL_TAMPERED', context)
  if (reason === null) return checklist.pass('credential.signature', path, type)
  if (reason === 'DID_UNRESOLVED') return checklist.unknown('credential.signature', path, reason, type)
  if (reason === 'DID_REMOTE_REFUSED') return checklist.unknown('credential.signature', path, 'NOT_CHECKED', type)
  return checklist.fail('credential.signature', path, reason, type)
}

async function checkStatus(credential: ParsedCredential, path: string, { checklist, statusSource, now }: Context): Promise<boolean> {
  const { status, issuer, type } = credential
  if (status === undefined) return checklist.unknown('credential.status', path, 'STATUS_UNKNOWN', type)
  try {
    const answer = await statusSource.check(status, issuer, now)
    if (answer.verdict === 'valid') return checklist.pass('credential.status', path, type)
    if (answer.verdict === 'unknown') return checklist.unknown('credential.status', path, answer.code, type)
    return checklist.fail('credential.status', path, answer.code, type)
  } catch (error) {
    return checklist.unknown('credential.status', path, codeOf(error, 'STATUS_UNKNOWN'), type)
  }
}

function checkClaims(credential: ParsedCredential, path: string, { checklist }: Context): Claims | undefined {
  const { type } = credential
  const claims = parseOr(
    () => validateClaims(type, credential.claims),
    () => checklist.fail('credential.schema', path, 'CREDENTIAL_SCHEMA', type),
  )
  if (claims !== undefined) checklist.pass('credential.schema', path, type)
  return claims
}

async function checkCriteria(seen: ReadonlySet<CredentialType>, facts: Facts, { criteria, checklist }: Context): Promise<void> {
  for (const type of criteria.required) {
    checklist.expect(seen.has(type), 'credential.present', `checks.${type}`, 'CREDENTIAL_MISSING', type)
  }
  if (criteria.rules === undefined) return
  // A credential that was refused, or is missing, has its own reason already: its criteria were not judged, not unmet.
  const withheld = new Set([...seen, ...criteria.required].filter((type) => facts[type] === undefined))
  const { verdict, failed } = await evaluateCriteria(criteria, facts, withheld)
  if (verdict === 'met') checklist.pass('criteria', 'checks.criteria')
  else if (verdict === 'unmet') checklist.fail('criteria', 'checks.criteria', 'CRITERIA_NOT_MET', undefined, failed)
  else checklist.unknown('criteria', 'checks.criteria', 'NOT_CHECKED')
}

/** One check with a verdict and nothing else: how much is owed, or earned, does not leave. */
function checkIndebtedness(seen: ReadonlySet<CredentialType>, { FinancialData: income }: Facts, { indebtedness, checklist }: Context): void {
  if (indebtedness === undefined) return
  const path = 'checks.indebtedness'
  // A credential that was refused has its own reason already.
  if (income === undefined && seen.has('FinancialData')) checklist.unknown('indebtedness', path, 'NOT_CHECKED')
  else if (income?.['currency'] !== indebtedness.currency) checklist.fail('indebtedness', path, 'INCOME_UNKNOWN')
  else checklist.expect(!exceedsCeiling(indebtedness, income['monthlyIncome']), 'indebtedness', path, 'DEBT_CEILING')
}
