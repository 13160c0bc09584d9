import { z } from 'zod'
import { defineAction } from './define.ts'
import { isCode, type Code } from './errors.ts'
import { currency, date, did, done, factor, id, instant, pin, signed } from './shapes.ts'

export const credentialTypes = ['KYC', 'FinancialData', 'SavingsHistory', 'CreditHistory', 'BusinessActivity', 'Ownership', 'CommunityMembership', 'SocialEndorsement', 'FinancialHealth'] as const
export const credentialType = z.enum(credentialTypes)
export type CredentialType = (typeof credentialTypes)[number]

/** What lists show of a credential: no claim. */
export const Credential = z.object({ id, type: credentialType, issuer: did, organization: id, issuedAt: instant, validUntil: instant, revoked: z.boolean() })
export type Credential = z.output<typeof Credential>

export const Permission = z.object({ id, did, project: id, verifier: did, types: z.array(credentialType), status: z.enum(['REQUESTED', 'GRANTED', 'WITHDRAWN']), at: instant,
  /** Parts of the profile that a scoring system may see; absent in a permission to see credentials. */
  fields: z.array(z.string()).optional(),
})
export type Permission = z.output<typeof Permission>

/** Claims of one credential; each type has a JSON Schema in @growr/credentials. */
export const claims = z.record(z.string().max(64), z.json()).refine((c) => JSON.stringify(c).length <= 8192, 'claims have 8,192 characters at most')

const didDocument = z.record(z.string(), z.unknown())

export const findByDid = defineAction({
  name: 'identity.findByDid',
  kind: 'query',
  about: 'The DID document and the list of credentials (no claims) of a record.',
  params: z.strictObject({ did }),
  result: z.object({ did, document: didDocument, credentials: z.array(Credential) }),
  access: { users: { NODE_OPERATOR: 'any', ORIGINATOR_ADMIN: 'organization', ORIGINATOR_AGENT: 'organization', BORROWER: 'own' }, services: ['loan'] },
})

export const createWallet = defineAction({
  name: 'identity.createWallet',
  kind: 'mutation',
  internal: true,
  about: 'Makes the DID of a borrower and its key.',
  params: z.strictObject({ user: id }),
  result: z.object({ did }),
  access: { services: ['user'] },
})

export const createOrganizationDid = defineAction({
  name: 'identity.createOrganizationDid',
  kind: 'mutation',
  internal: true,
  about: 'Makes the DID of an organization and its key.',
  params: z.strictObject({ organization: id }),
  result: z.object({ did }),
  access: { services: ['organization'] },
})

export const getVC = defineAction({
  name: 'identity.getVC',
  kind: 'mutation',
  about: 'A borrower requests a credential: the organization\'s system confirms and signs the data, the node issues, the record keeps it.',
  params: z.strictObject({ type: credentialType, organization: id.optional() }),
  result: Credential,
  access: { users: { BORROWER: 'own' } },
})

export const findCredentials = defineAction({
  name: 'identity.findCredentials',
  kind: 'query',
  about: 'The own credentials, with their claims.',
  params: z.strictObject({}),
  result: z.array(Credential.extend({ claims: z.record(z.string(), z.unknown()) })),
  access: { users: { BORROWER: 'own' } },
})

export const storeVC = defineAction({
  name: 'identity.storeVC',
  kind: 'mutation',
  internal: true,
  about: 'Puts a credential into its owner\'s record, sealed to the owner.',
  params: z.strictObject({ credential: Credential, did, jwt: z.string().max(65_536) }),
  result: done,
  access: { services: ['issuing'] },
})

export const requestPermission = defineAction({
  name: 'identity.requestPermission',
  kind: 'mutation',
  about: 'Asks the owner to let a project\'s verifier see what the project requires; the owner\'s own session grants it.',
  params: z.strictObject({ project: id, did: did.optional() }),
  result: Permission,
  access: { users: { BORROWER: 'own', ORIGINATOR_AGENT: 'organization' } },
})

export const withdrawPermission = defineAction({
  name: 'identity.withdrawPermission',
  kind: 'mutation',
  about: 'Withdraws a permission: nothing is presented under it any more.',
  params: z.strictObject({ permission: id }),
  result: Permission,
  access: { users: { BORROWER: 'own' } },
})

export const findPermissions = defineAction({
  name: 'identity.findPermissions',
  kind: 'query',
  about: 'The own permissions.',
  params: z.strictObject({}),
  result: z.array(Permission),
  access: { users: { BORROWER: 'own' } },
})

export const createVCPresentation = defineAction({
  name: 'identity.createVCPresentation',
  kind: 'mutation',
  about: 'Presents what a project requires, and only that, to its verifier for one challenge; the permission is recorded.',
  params: z.strictObject({ project: id, challenge: z.string().min(16).max(128) }),
  result: z.object({ presentation: z.string(), permission: id, did }),
  access: { users: { BORROWER: 'own' } },
})

export const signContract = defineAction({
  name: 'identity.signContract',
  kind: 'mutation',
  internal: true,
  about: 'Signs a loan contract with the key of the borrower in whose session the call comes.',
  params: z.strictObject({ loan: id, document: z.record(z.string(), z.json()) }),
  result: signed,
  access: { services: ['loan'] },
})

export const signForOrganization = defineAction({
  name: 'identity.signForOrganization',
  kind: 'mutation',
  internal: true,
  about: 'Signs a typed document (receipt or contract) with an organization\'s key, after reading the entry that is its cause.',
  params: z.strictObject({ organization: id, type: z.enum(['FundingReceipt', 'InvestorContract', 'RepaymentReceipt']), document: z.record(z.string(), z.json()) }),
  result: signed,
  access: { services: ['funding', 'investor', 'payment'] },
})

export const resolveUser = defineAction({
  name: 'identity.resolveUser',
  kind: 'query',
  internal: true,
  about: 'The user and DID of a borrower.',
  params: z.strictObject({ user: id.optional(), did: did.optional() }),
  result: z.object({ user: id, did, organizations: z.array(id) }),
  access: { services: ['loan', 'issuing'] },
})

export const findCredentialTypes = defineAction({
  name: 'identity.findCredentialTypes',
  kind: 'query',
  about: 'The types of credential, with the claims that each takes, and whether the own organization\'s system is there to confirm them.',
  params: z.strictObject({}),
  result: z.array(z.object({ type: credentialType, title: z.string(), required: z.array(z.string()), claims: z.array(z.string()), available: z.boolean() })),
  access: { users: { ORIGINATOR_ADMIN: 'any', ORIGINATOR_AGENT: 'any', BORROWER: 'own' } },
})

export const erase = defineAction({
  name: 'identity.erase',
  kind: 'mutation',
  about: 'Erases a person for good: credentials, keys, profile, contacts and permissions, and the keys of what leads to her in the books. STILL_OWED while anything is open. The person herself gives the PIN; an admin erases whoever belongs to no other organization.',
  params: z.strictObject({ user: id, pin: pin.optional() }),
  result: z.object({ user: id, erased: z.literal(true), at: instant }),
  access: { users: { NODE_OPERATOR: 'any', ORIGINATOR_ADMIN: 'organization', BORROWER: 'own' } },
})

export const rotateKeys = defineAction({
  name: 'identity.rotateKeys',
  kind: 'mutation',
  about: 'A new key for access tokens, the issuer, the verifier or an organization; earlier signatures stay good. NOT_OFFERED for DIDs of a node without a public name, which are their keys.',
  params: z.strictObject({ part: z.enum(['ACCESS_TOKENS', 'ISSUER', 'VERIFIER', 'ORGANIZATION']), organization: id.optional() }),
  result: done,
  access: { users: { NODE_OPERATOR: 'any' } },
})

export const issueVC = defineAction({
  name: 'issuing.issueVC',
  kind: 'mutation',
  about: 'Issues a credential about a borrower of the organization and puts it into the borrower\'s record.',
  params: z.strictObject({ organization: id, user: id.optional(), did: did.optional(), type: credentialType, claims, validUntil: date.optional() }),
  result: Credential,
  access: { users: { ORIGINATOR_ADMIN: 'organization' }, services: ['identity', 'user'] },
})

export const revokeVC = defineAction({
  name: 'issuing.revokeVC',
  kind: 'mutation',
  about: 'Revokes a credential that the organization stated.',
  params: z.strictObject({ credential: id }),
  result: Credential,
  access: { users: { ORIGINATOR_ADMIN: 'organization' } },
})

export const issuer = defineAction({
  name: 'issuing.issuer',
  kind: 'query',
  about: 'The node\'s issuer: the DID that a project\'s criteria trust in pair with an organization.',
  params: z.strictObject({}),
  result: z.object({ did }),
  access: { public: true },
})

export const Check = z.object({
  /** Such as `checks.presentation`, `checks.KYC`: the path of a refusal. */
  id: z.string(),
  /** What was looked at, such as `presentation.signature`, `credential.time`. */
  check: z.string(),
  verdict: z.enum(['valid', 'invalid', 'unknown']),
  code: z.string().nullable(),
})

export const Verification = z.object({
  verdict: z.enum(['valid', 'invalid', 'unknown']),
  checks: z.array(Check),
  holder: did.nullable(),
  digest: z.string(),
  verifier: did,
  /** Signed by the verifier: verdict, project, DID and digest; no claim. */
  result: signed.nullable(),
  /** Why it is not valid, as a refusal of the catalogue; null where it is. Details name criteria, never values. */
  refusal: z.object({ code: z.custom<Code>(isCode), path: z.string(), details: z.record(z.string(), z.unknown()) }).nullable(),
})
export type Verification = z.output<typeof Verification>

export const requestPresentation = defineAction({
  name: 'verification.requestPresentation',
  kind: 'mutation',
  about: 'A challenge for one use, and what the project requires.',
  params: z.strictObject({ project: id }),
  result: z.object({ challenge: z.string(), verifier: did, types: z.array(credentialType), expiresAt: instant }),
  access: { users: { BORROWER: 'any' }, services: ['loan'] },
})

export const validateVC = defineAction({
  name: 'verification.validateVC',
  kind: 'mutation',
  about: 'Verifies a presentation against a project\'s criteria and lists each check.',
  params: z.strictObject({
    project: id,
    challenge: z.string().min(16).max(128),
    presentation: z.string().max(262_144),
    /** From the Loan service alone: what the borrower would owe over all projects of the node, and the ceiling in months of income. */
    indebtedness: z.strictObject({ currency, owed: z.string().regex(/^\d{1,40}$/, 'digits of minor units'), factor }).optional(),
  }),
  result: Verification,
  access: { users: { BORROWER: 'any' }, services: ['loan'] },
})
