import { Refusal, type project as contract } from '@growr/contracts'
import { CredentialError, parseCriteria } from '@growr/credentials'
import type { FundingSource, LendingTerms } from '@growr/lending'
import { currencyOf, MoneyError, type Currency, type Json } from '@growr/money'
import type { z } from 'zod'
import { positiveOf } from '@growr/service'

/** The currency of a code. CURRENCY_UNKNOWN. */
export function currencyFor(code: string): Currency {
  try {
    return currencyOf(code)
  } catch (error) {
    if (error instanceof MoneyError) throw new Refusal('CURRENCY_UNKNOWN', { path: 'currency' })
    throw error
  }
}

/** Criteria as they are kept, read by the verifier's own parser. CRITERIA_INVALID with the path. */
export function criteriaOf(criteria: contract.Criteria): Json {
  try {
    parseCriteria(criteria)
  } catch (error) {
    if (error instanceof CredentialError) throw new Refusal('CRITERIA_INVALID', { path: error.path ? `criteria.${error.path}` : 'criteria', details: { why: error.message } })
    throw error
  }
  return JSON.parse(JSON.stringify(criteria)) as Json
}

export function lendingTermsOf(terms: contract.LoanTerms, currency: Currency): LendingTerms {
  const { approvalAbove } = terms
  return {
    ...terms,
    minAmount: positiveOf(terms.minAmount, currency, 'loans.minAmount'),
    maxAmount: positiveOf(terms.maxAmount, currency, 'loans.maxAmount'),
    approvalAbove: approvalAbove === null ? null : positiveOf(approvalAbove, currency, 'loans.approvalAbove'),
  }
}

/** A ceiling on debt is held against an income that somebody states: PROJECT_TERMS where the criteria do not ask for it. */
export function requireIncome(criteria: Json, { debtCeiling }: Pick<LendingTerms, 'debtCeiling'>): void {
  if ((debtCeiling ?? null) === null || parseCriteria(criteria).required.includes('FinancialData')) return
  throw new Refusal('PROJECT_TERMS', { path: 'loans.debtCeiling', details: { requires: 'FinancialData' } })
}

/** Funding sources this node can serve: a bank so far. NOT_OFFERED for a network that is off. */
export function sourceOf(source: z.output<typeof contract.FundingSourceInput>, currency: Currency, id: string, path: string): FundingSource {
  if (source.type !== 'BANK') throw new Refusal('NOT_OFFERED', { path: `${path}.type`, details: { type: source.type, offered: ['BANK'] } })
  return {
    id,
    type: source.type,
    status: 'ACTIVE',
    networkName: source.networkName ?? null,
    tokenName: source.tokenName ?? null,
    fundingAddress: null,
    repaymentAddress: null,
    terms: source.terms,
    interestRate: source.interestRate,
    leverageFactor: source.leverageFactor,
    minAmount: positiveOf(source.minAmount, currency, `${path}.minAmount`),
    maxAmount: positiveOf(source.maxAmount, currency, `${path}.maxAmount`),
  }
}
