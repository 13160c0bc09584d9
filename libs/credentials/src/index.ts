export { CredentialError, CREDENTIAL_CODES, type CredentialCode } from './errors.ts'
export type { JsonObject } from './encoding.ts'
export { algorithmOf, parsePublicJwk, publicJwkOf, thumbprint, type Algorithm, type PublicJwk, type VerificationKey } from './jwk.ts'
export { nativeSigner, type Signer } from './jws.ts'
export { httpFetcher, requireSafeUrl, type DocumentFetcher, type FetchLimits } from './fetch.ts'

export { parseDid, parseDidDocument, type DidDocument, type Purpose, type VerificationMethod } from './did/document.ts'
export { didJwk, didJwkDocument, didJwkKid, keyOfDidJwk } from './did/did-jwk.ts'
export { didKey, didKeyDocument, didKeyKid, keyOfDidKey } from './did/did-key.ts'
export {
  buildDidWebDocument, didWeb, didWebKid, didWebPath, didWebUrl, issuerDid, organizationDid, parseDidWeb, verifierDid,
  type DidWebKeys, type DidWebParts,
} from './did/did-web.ts'
export { createResolver, type Clock, type DidResolver, type ResolveOptions, type ResolverOptions } from './did/resolver.ts'

export { CLAIM_SCHEMAS, CREDENTIAL_TYPES, isCredentialType, type ClaimSchema, type ClaimsSchema, type CredentialType } from './schemas.ts'
export { exceedsCeiling, type Indebtedness } from './indebtedness.ts'
export { validateClaims, type Claims, type ClaimValue } from './claims.ts'
export {
  issueCredential, parseCredential, type CredentialRequest, type IssuedCredential, type ParsedCredential, type StatusEntry,
} from './credential.ts'
export {
  allocateStatusIndex, MAX_STATUS_BITS, MIN_STATUS_BITS, signStatusList, StatusList, type StatusListRequest,
} from './status-list.ts'
export { StatusListReader, type StatusListReaderOptions, type StatusListSource, type StatusVerdict } from './status-source.ts'

export { createPresentation, MAX_CREDENTIALS, MAX_PRESENTATION_SECONDS, type PresentationRequest } from './presentation.ts'
export {
  CRITERIA_OPERATORS, criteriaDigest, MAX_CONDITIONS, MAX_DEPTH, parseCriteria,
  type Criteria, type CriteriaOperator, type Criterion, type CriterionValue, type Rule, type TrustedIssuer,
} from './criteria.ts'
export { evaluateCriteria, type Eligibility, type Facts, type FailedCriterion } from './eligibility.ts'
export { decisiveCheck, type Check, type Verdict, type Verification } from './verification.ts'
export { verifyPresentation, type VerifyOptions } from './verify.ts'

export { signDocument, verifyDocument, type SignDocumentOptions, type VerifiedDocument, type VerifyDocumentOptions } from './document.ts'
export { signVerificationResult, verifyVerificationResult, type VerificationResult } from './verification-result.ts'
export {
  MAX_CONNECTOR_SECONDS, signConnectorStatement, verifyConnectorStatement,
  type ConnectorSigner, type ConnectorStatement, type ConnectorStatementRequest, type VerifyConnectorOptions,
} from './connector.ts'
