import { payment as payments, Refusal, type project as contract } from '@growr/contracts'
import { CredentialError, parseCriteria } from '@growr/credentials'
import type { FundingSource, LendingTerms } from '@growr/lending'
import { currencyOf, MoneyError, type Currency, type Json } from '@growr/money'
import type { z } from 'zod'
import { positiveOf } from '@growr/service'
import type { Financing } from '../financing.ts'

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

type SourceInput = z.output<typeof contract.FundingSourceInput>

/** A network that this node has switched on, with the coins that it carries, its own first. */
export interface OfferedNetwork {
  readonly network: string
  readonly currencies: readonly string[]
}

/** Asked only where a source needs one. */
export async function offeredTo({ bus }: Pick<Financing, 'bus'>, sources: readonly SourceInput[]): Promise<readonly OfferedNetwork[]> {
  if (sources.every(({ type }) => type === 'BANK')) return []
  return (await bus.call(payments.networkStates, {}, { as: { service: 'project' } })).filter(({ offered }) => offered)
}

/** Which network and coin a source names. NOT_OFFERED where that is off, BAD_INPUT where a bank names one. */
function onNetwork({ type, networkName, tokenName }: SourceInput, offered: readonly OfferedNetwork[], path: string): Pick<FundingSource, 'networkName' | 'tokenName'> {
  if (type === 'BANK') return { networkName: networkName ?? null, tokenName: tokenName ?? null }
  const details = { type, offered: ['BANK', ...offered.map(({ network }) => network)] }
  if (type === 'CROWDFUNDING') throw new Refusal('NOT_OFFERED', { path: `${path}.type`, details })
  const found = offered.find(({ network }) => network === networkName)
  if (!found) throw new Refusal('NOT_OFFERED', { path: `${path}.networkName`, details })
  // Only there several can sign for the same coins.
  if (type === 'MULTISIG' && found.network !== 'bitcoin') throw new Refusal('NOT_OFFERED', { path: `${path}.networkName`, details })
  const token = tokenName ?? found.currencies[0] ?? null
  if (token === null || !found.currencies.includes(token)) throw new Refusal('NOT_OFFERED', { path: `${path}.tokenName`, details: { ...details, tokens: found.currencies } })
  return { networkName: found.network, tokenName: token }
}

/** A funding source of this node: a bank, or a network that is on. NOT_OFFERED. */
export function sourceOf(source: SourceInput, currency: Currency, id: string, path: string, offered: readonly OfferedNetwork[]): FundingSource {
  return {
    id,
    type: source.type,
    status: 'ACTIVE',
    ...onNetwork(source, offered, path),
    fundingAddress: null,
    repaymentAddress: null,
    terms: source.terms,
    interestRate: source.interestRate,
    leverageFactor: source.leverageFactor,
    minAmount: positiveOf(source.minAmount, currency, `${path}.minAmount`),
    maxAmount: positiveOf(source.maxAmount, currency, `${path}.maxAmount`),
  }
}
