/** The nine credential types of a self-sovereign credit record. */
export const CREDENTIAL_TYPES = [
  'KYC', 'FinancialData', 'SavingsHistory', 'CreditHistory', 'BusinessActivity', 'Ownership', 'CommunityMembership', 'SocialEndorsement',
  'FinancialHealth',
] as const

export type CredentialType = (typeof CREDENTIAL_TYPES)[number]

export function isCredentialType(value: unknown): value is CredentialType {
  return (CREDENTIAL_TYPES as readonly unknown[]).includes(value)
}

/** The part of JSON Schema (2020-12 vocabulary, validated by Ajv in strict mode) that the claims are described in. */
export type ClaimSchema =
  | { readonly type: 'integer'; readonly minimum: number; readonly maximum: number; readonly description?: string }
  | { readonly type: 'boolean'; readonly description?: string }
  | {
      readonly type: 'string'; readonly minLength?: number; readonly maxLength: number; readonly pattern?: string; readonly format?: 'date'
      readonly enum?: readonly string[]; readonly description?: string
    }
  | ClaimsSchema

export interface ClaimsSchema {
  readonly $id?: string
  readonly title?: string
  readonly description?: string
  readonly type: 'object'
  readonly additionalProperties: false
  readonly required: readonly string[]
  readonly properties: { readonly [claim: string]: ClaimSchema }
}

const count = (description: string, maximum = 1_000_000): ClaimSchema => ({ type: 'integer', minimum: 0, maximum, description })
// Money is an integer of the currency's minor units, and no more than a double holds exactly: criteria compare it.
const money = (description: string): ClaimSchema => count(`${description}, in minor units of the currency`, Number.MAX_SAFE_INTEGER)
const flag = (description: string): ClaimSchema => ({ type: 'boolean', description })
const date = (description: string): ClaimSchema => ({ type: 'string', format: 'date', maxLength: 10, description })
const text = (description: string, maxLength: number): ClaimSchema => ({ type: 'string', minLength: 1, maxLength, description })
const oneOf = (description: string, ...values: string[]): ClaimSchema => ({ type: 'string', maxLength: 32, enum: values, description })
const percent = (description: string): ClaimSchema => count(`${description}, in percent`, 100)
const currency: ClaimSchema = {
  type: 'string', pattern: '^[A-Z][A-Z0-9]{2,9}$', maxLength: 10, description: 'ISO 4217 code or the name of a token',
}
const country: ClaimSchema = { type: 'string', pattern: '^[A-Z]{2}$', maxLength: 2, description: 'ISO 3166-1 alpha-2' }

type Properties = { readonly [claim: string]: ClaimSchema }

const object = (description: string, required: readonly string[], properties: Properties): ClaimsSchema => ({
  type: 'object', additionalProperties: false, description, required, properties,
})

const claims = (type: CredentialType, description: string, required: readonly string[], properties: Properties): ClaimsSchema => ({
  $id: `urn:growr:credential:1:${type}`, title: type, ...object(description, required, properties),
})

/** What each credential may say about its holder. Whatever is not named here is refused. */
export const CLAIM_SCHEMAS: Readonly<Record<CredentialType, ClaimsSchema>> = {
  KYC: claims('KYC', 'Identity checked, money laundering and terrorism screened', ['level', 'country', 'amlClear', 'checkedOn'], {
    level: { type: 'integer', minimum: 1, maximum: 3, description: '1 basic (known to the organization), 2 documents checked, 3 enhanced' },
    country,
    amlClear: flag('no hit in the lists that were searched'),
    adult: flag('of full age where the holder lives'),
    checkedOn: date('day of the check'),
    method: oneOf('how it was checked', 'IN_PERSON', 'DOCUMENT', 'VIDEO', 'REGISTRY'),
    fullName: text('name as in the document', 200),
    birthDate: date('day of birth'),
    documentType: oneOf('document', 'NATIONAL_ID', 'PASSPORT', 'DRIVING_LICENCE', 'RESIDENCE_PERMIT'),
    documentNumber: text('number of the document', 64),
  }),
  FinancialData: claims('FinancialData', 'Cash flow', ['currency', 'monthlyIncome', 'monthlyExpenses', 'periodStart', 'periodEnd'], {
    currency,
    monthlyIncome: money('average income of a month'),
    monthlyExpenses: money('average expenses of a month'),
    monthlySurplus: money('average of income less expenses of a month, zero where it is negative'),
    debt: money('what the holder owes elsewhere'),
    products: count('financial products in use', 1000),
    periodStart: date('first day looked at'),
    periodEnd: date('last day looked at'),
  }),
  SavingsHistory: claims('SavingsHistory', 'Discipline in saving', ['currency', 'months', 'averageBalance'], {
    currency,
    months: count('months of saving', 1200),
    averageBalance: money('average balance'),
    balance: money('balance when it was issued'),
    deposits: count('deposits in that time'),
    missedDeposits: count('agreed deposits that were not made'),
    asOf: date('last day looked at'),
  }),
  CreditHistory: claims('CreditHistory', 'Earlier loans, cumulated to the day it was issued', ['loansRepaid', 'defaults'], {
    loansRepaid: count('loans repaid in full', 100_000),
    defaults: count('loans that defaulted', 100_000),
    loansOpen: count('loans not yet repaid', 100_000),
    onTimeInstalments: count('instalments paid on time'),
    lateInstalments: count('instalments paid late'),
    currency,
    totalBorrowed: money('principal of all loans'),
    totalRepaid: money('principal repaid'),
    largestRepaid: money('principal of the largest loan that was repaid'),
    lastOutcome: oneOf('how the latest loan ended', 'REPAID', 'DEFAULTED'),
    lastClosedOn: date('day on which it ended'),
  }),
  BusinessActivity: claims('BusinessActivity', 'Revenue and balance sheet of a business', ['currency', 'monthsActive', 'annualRevenue'], {
    currency,
    sector: oneOf('trade', 'AGRICULTURE', 'FISHING', 'CRAFTS', 'TRADE', 'TRANSPORT', 'FOOD', 'SERVICES', 'OTHER'),
    monthsActive: count('months since it began', 2400),
    registered: flag('in a public register'),
    annualRevenue: money('revenue of the latest twelve months'),
    annualProfit: money('profit of the latest twelve months, zero where it is a loss'),
    assets: money('total assets'),
    liabilities: money('total liabilities'),
    employees: count('people employed', 100_000),
    asOf: date('last day looked at'),
  }),
  Ownership: claims('Ownership', 'Land, machines, stock', ['currency', 'totalValue'], {
    currency,
    totalValue: money('value of all that is owned'),
    encumbered: flag('something of it is pledged'),
    land: object('land', ['squareMetres'], {
      squareMetres: count('area', 1_000_000_000), value: money('value'), titled: flag('with a title'),
    }),
    machines: object('machines', ['count'], { count: count('how many', 100_000), value: money('value') }),
    stock: object('stock, livestock included', ['value'], { value: money('value') }),
    verifiedOn: date('day of the inspection'),
  }),
  CommunityMembership: claims('CommunityMembership', 'Membership in a cooperative, guild, union', ['community', 'months', 'active'], {
    community: text('name of the community', 120),
    months: count('months of membership', 1200),
    active: flag('takes part'),
    role: oneOf('role', 'MEMBER', 'DELEGATE', 'OFFICER', 'FOUNDER'),
    duesPaid: flag('owes no dues'),
    since: date('first day'),
  }),
  SocialEndorsement: claims('SocialEndorsement', 'Vouched for by participants with a reputation of their own', ['endorsements'], {
    endorsements: count('participants who vouch', 10_000),
    endorsersWithCredit: count('of them, those who repaid a loan', 10_000),
    averageScore: percent('their average rating'),
    yearsKnown: count('years for which the longest has known the holder', 120),
    asOf: date('last day looked at'),
  }),
  FinancialHealth: claims('FinancialHealth', 'Education and mentoring', ['coursesCompleted'], {
    coursesCompleted: count('courses completed', 1000),
    hours: count('hours of them', 100_000),
    score: percent('result of the assessment'),
    mentored: flag('has a mentor'),
    assessedOn: date('day of the assessment'),
  }),
}

/** The type of the claim at a dotted path, or null where the schema of that credential knows no such claim. */
export function claimTypeAt(type: CredentialType, path: string): 'integer' | 'boolean' | 'string' | null {
  let schema: ClaimSchema = CLAIM_SCHEMAS[type]
  for (const name of path.split('.')) {
    if (schema.type !== 'object' || !Object.hasOwn(schema.properties, name)) return null
    schema = schema.properties[name] as ClaimSchema
  }
  return schema.type === 'object' ? null : schema.type
}
