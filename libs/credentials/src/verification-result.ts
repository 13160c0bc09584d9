import { parseDid } from './did/document.ts'
import { signDocument, verifyDocument, type VerifyDocumentOptions } from './document.ts'
import { refuse } from './errors.ts'
import type { Signer } from './jws.ts'
import type { Verdict, Verification } from './verification.ts'

const TYPE = 'verification'

/** What a verifier signs about a verification: no claim, no criterion, no check. */
export interface VerificationResult {
  readonly verdict: Verdict
  /** Key of the project whose criteria were applied. */
  readonly project: string
  readonly holder: string
  /** SHA-256 of the presentation, base64url. */
  readonly digest: string
  /** SHA-256 of the criteria, base64url. */
  readonly criteriaDigest: string
}

/** Signs the result as typed document. Throws DOCUMENT_MALFORMED where the verification could not even read a holder. */
export async function signVerificationResult(
  verification: Verification, project: string, verifier: Signer, now: Date,
): Promise<string> {
  const { verdict, holder, digest, criteriaDigest } = verification
  if (holder === undefined) refuse('DOCUMENT_MALFORMED', 'the presentation named no holder', 'holder')
  if (project.length === 0 || project.length > 128) refuse('DOCUMENT_MALFORMED', 'the key of a project', 'project')
  return signDocument(TYPE, { verdict, project, holder, digest, criteriaDigest }, verifier, { now })
}

/** Verifies a signed result. Throws as verifyDocument does; `signedBy` is the verifier whom the project trusts. */
export async function verifyVerificationResult(
  token: unknown, options: VerifyDocumentOptions,
): Promise<VerificationResult & { readonly verifier: string; readonly issuedAt: Date }> {
  const { payload, issuer, issuedAt } = await verifyDocument(TYPE, token, options)
  const { verdict, project, holder, digest, criteriaDigest } = payload
  if (verdict !== 'valid' && verdict !== 'invalid' && verdict !== 'unknown') refuse('DOCUMENT_MALFORMED', 'a verdict', 'verdict')
  if (![project, digest, criteriaDigest].every((text) => typeof text === 'string')) refuse('DOCUMENT_MALFORMED', 'project and digests')
  parseDid(holder)
  return {
    verdict, project: project as string, holder: holder as string, digest: digest as string, criteriaDigest: criteriaDigest as string,
    verifier: issuer, issuedAt,
  }
}
