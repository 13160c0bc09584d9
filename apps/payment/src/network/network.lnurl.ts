import { lnurlError, metadataHash, payAnswer, payMetadata, payRequest, readPayCallback, type PayTerms } from '@growr/lightning'
import { loan as loans, networks as contracts, Refusal } from '@growr/contracts'
import { readPaymentCode } from '@growr/mobilemoney'
import type { HttpRequest, HttpResponse, HttpRoute } from '@growr/service'
import type { Payments } from '../payments.ts'
import { walletsOf } from './network.sends.ts'

// A loan's payment code is a Lightning address as well (LUD-16): whoever has a wallet pays it, from anywhere. Nothing here tells whose loan
// it is, nor whether there is one behind a code that was made up.

const WELL_KNOWN = '/.well-known/lnurlp'
const CALLBACK = '/lightning/pay'
/** One satoshi to 0.05 BTC. */
const TERMS: PayTerms = { minMsat: 1_000n, maxMsat: 5_000_000_000n }
const TAKES = new Set(['DISBURSED', 'DEFAULTED', 'REPAID', 'WRITTEN_OFF'])
const EXPIRY_SECONDS = 3_600

const said = (body: unknown): HttpResponse => ({ status: 200, headers: { 'access-control-allow-origin': '*' }, body })
const refused = (reason: string): HttpResponse => said(lnurlError(reason))

/** `publicUrl`: where the outside reaches the node; without it nobody could ask, and there are no addresses. */
export function lnurlRoutes(payments: () => Payments, publicUrl: string | undefined): readonly HttpRoute[] {
  if (publicUrl === undefined) return []
  const base = publicUrl.replace(/\/$/, '')
  const metadataOf = (code: string): string => payMetadata({ description: `Repayment ${code}`, identifier: addressOf(code, base) })

  async function found({ params }: HttpRequest): Promise<{ readonly code: string; readonly loan: loans.Loan } | null> {
    const { mobile, networks, bus } = payments()
    const code = readPaymentCode(mobile.prefix, params['name'] ?? '')
    const known = code === null || !networks.on.has('lightning') ? null : await mobile.codes.get(code)
    if (code === null || !known) return null
    const loan = await bus.call(loans.findByKey, { key: known.doc.loan }, { as: { service: 'payment' } })
    return TAKES.has(loan.status) ? { code, loan } : null
  }

  return [
    {
      method: 'GET',
      path: `${WELL_KNOWN}/:name`,
      handle: async (request) => {
        const payee = await found(request)
        if (!payee) return refused('Nobody is paid at this address')
        try {
          return said(payRequest({ callback: `${base}${CALLBACK}/${payee.code.toLowerCase()}`, metadata: metadataOf(payee.code), terms: TERMS, loopback: base.startsWith('http://') }))
        } catch (error) {
          if (error instanceof RangeError) return refused('This address cannot be paid from outside')
          throw error
        }
      },
    },
    {
      method: 'GET',
      path: `${CALLBACK}/:name`,
      handle: async (request) => {
        const payee = await found(request)
        if (!payee) return refused('Nobody is paid at this address')
        const asked = readPayCallback(new URLSearchParams(request.query), TERMS)
        if ('status' in asked) return said(asked)
        try {
          return said(payAnswer(await invoiceFor(payments(), payee.loan, asked.amountMsat, metadataHash(metadataOf(payee.code)))))
        } catch (error) {
          if (error instanceof Refusal) return refused('No invoice can be made now: try again later')
          throw error
        }
      },
    },
  ]
}

/** The Lightning address of a payment code: small letters, as LUD-16 has it. */
export const addressOf = (code: string, publicUrl: string): string => `${code.toLowerCase()}@${new URL(publicUrl).host}`

async function invoiceFor(payments: Payments, loan: loans.Loan, amountMsat: bigint, hash: string): Promise<string> {
  const { networks, bus, keyOf } = payments
  const { organization, project, key, borrowerUser } = loan
  const { repayment } = await walletsOf(payments, 'lightning', organization, project)
  const tag = keyOf('A', 'LNURL', key)
  if (!(await networks.requests.get(tag))) {
    await networks.requests.insert({ id: tag, network: 'lightning', purpose: 'LOAN', organization, project, of: key, user: borrowerUser, quote: null }).catch((error: unknown) => {
      // Two asked at once.
      if ((error as { code?: unknown }).code !== 'DUPLICATE') throw error
    })
  }
  const { invoice } = await bus.call(contracts.lightning.createInvoice, { wallet: repayment, tag, amount: { amount: amountMsat.toString(), currency: 'BTC' }, description: { hash }, expirySeconds: EXPIRY_SECONDS }, { as: { service: 'payment' } })
  return invoice
}
