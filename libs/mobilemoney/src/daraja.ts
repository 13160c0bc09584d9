import { createHash } from 'node:crypto'
import { mpesaStatement } from './daraja.statement.ts'
import { MobileMoneyError } from './errors.ts'
import { ask, isObject, providerUrl } from './http.ts'
import type { Hint, MobileMoneyProvider, ProviderAccount, Transaction } from './provider.ts'
import { readTime } from './times.ts'

export interface DarajaOptions {
  /** Safaricom's own unless told. */
  readonly baseUrl?: string
  readonly timeoutMs?: number
  readonly now?: () => Date
}

/** One page of Pull Transactions holds fewer than this; a window with more pages than MOST_PAGES is not asked for by anybody. */
const MOST_PAGES = 500
const REFERENCE = /^[A-Za-z0-9]{4,32}$/
const AMOUNT = /^\d{1,12}(\.\d{1,6})?$/
const HOURS = 3_600_000

interface Token {
  readonly value: string
  readonly until: number
}

/**
 * M-PESA by Safaricom's Daraja. The hint is the C2B confirmation (its TransID and TransTime; TransAmount, BillRefNumber and MSISDN are
 * not read, since nothing signs them). The fact is what Pull Transactions answers for the short code: transactionId, trxDate,
 * transactiontype, billreference, amount of every C2B payment of the last 48 hours, also of those whose callback never came.
 * Transaction Status is not used: its result is a callback again, and does not say what the payer entered as the account.
 */
export function daraja(options: DarajaOptions = {}): MobileMoneyProvider {
  const base = providerUrl(options.baseUrl ?? 'https://api.safaricom.co.ke')
  const { timeoutMs = 15_000, now = () => new Date() } = options
  const tokens = new Map<string, Token>()

  const token = async (account: ProviderAccount): Promise<string> => {
    const { key, secret } = account
    const known = tokens.get(nameOf(account))
    if (known && known.until > now().getTime()) return known.value
    const url = new URL('/oauth/v1/generate?grant_type=client_credentials', base)
    const { status, body } = await ask(url, { method: 'GET', headers: { authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}` } }, timeoutMs)
    if (status >= 400) throw new MobileMoneyError('PROVIDER_REFUSES_US', `HTTP ${status}`)
    if (!isObject(body) || typeof body['access_token'] !== 'string') throw new MobileMoneyError('PROVIDER_ANSWER', 'no access token in the answer')
    // Said to live an hour; given up a minute earlier, so that none expires on its way.
    const seconds = Number(body['expires_in'])
    tokens.set(nameOf(account), { value: body['access_token'], until: now().getTime() + (Number.isFinite(seconds) ? Math.max(seconds - 60, 0) : 0) * 1000 })
    return body['access_token']
  }

  const page = async (account: ProviderAccount, from: Date, to: Date, offset: number): Promise<readonly unknown[]> => {
    const request = { ShortCode: account.shortCode, StartDate: eastAfrican(from), EndDate: eastAfrican(to), OffSetValue: String(offset) }
    for (let tries = 0; ; tries++) {
      const headers = { authorization: `Bearer ${await token(account)}`, 'content-type': 'application/json', accept: 'application/json' }
      const { status, body } = await ask(new URL('/pulltransactions/v1/query', base), { method: 'POST', headers, body: JSON.stringify(request) }, timeoutMs)
      if (status === 401 && tries === 0) {
        tokens.delete(nameOf(account))
        continue
      }
      if (status >= 400) throw new MobileMoneyError('PROVIDER_REFUSES_US', `HTTP ${status}`)
      if (!isObject(body)) throw new MobileMoneyError('PROVIDER_ANSWER', 'the answer is no object')
      const code = String(body['ResponseCode'])
      // 1001: no payments in this window.
      if (code === '1001') return []
      if (code !== '1000' || !Array.isArray(body['Response'])) throw new MobileMoneyError('PROVIDER_ANSWER', `ResponseCode ${code.slice(0, 12)}`)
      return (body['Response'] as readonly unknown[]).flat(1)
    }
  }

  return {
    name: 'daraja',
    reachMs: 48 * HOURS,
    acknowledgement: { ResultCode: 0, ResultDesc: 'Accepted' },
    readHint,
    statement: mpesaStatement,
    async received(account, from, to) {
      const found: Transaction[] = []
      let offset = 0
      for (let pages = 0; pages < MOST_PAGES; pages++) {
        const rows = await page(account, from, to, offset)
        if (rows.length === 0) return found
        offset += rows.length
        for (const row of rows) {
          const transaction = readRow(row)
          if (transaction) found.push(transaction)
        }
      }
      throw new MobileMoneyError('PROVIDER_ANSWER', 'the window holds too many payments')
    },
  }
}

/** By what a token is kept: by the secret too, so that whoever knows another organization's key alone gets nothing with its token. */
const nameOf = ({ key, secret }: ProviderAccount): string => createHash('sha256').update(JSON.stringify([key, secret])).digest('base64url')

/** TransID and TransTime (YYYYMMDDHHmmss, East Africa Time) of a C2B confirmation. */
function readHint(body: unknown): Hint | null {
  if (!isObject(body)) return null
  const { TransID: reference, TransTime: at } = body
  if (typeof reference !== 'string' || !REFERENCE.test(reference)) return null
  return { reference: reference.toUpperCase(), at: typeof at === 'string' || typeof at === 'number' ? readTime(String(at)) : null }
}

/** A row of Pull Transactions; null for one that did not bring money. PROVIDER_ANSWER for one that cannot be read: left out, it would be lost. */
function readRow(row: unknown): Transaction | null {
  if (!isObject(row)) throw new MobileMoneyError('PROVIDER_ANSWER', 'a payment is no object')
  const { transactionId: reference, trxDate, transactiontype, billreference, amount } = row
  if (typeof transactiontype === 'string' && !transactiontype.startsWith('c2b-')) return null
  const at = typeof trxDate === 'string' ? readTime(trxDate) : null
  const figure = String(amount)
  if (typeof reference !== 'string' || !REFERENCE.test(reference) || at === null || !AMOUNT.test(figure)) throw new MobileMoneyError('PROVIDER_ANSWER', 'a payment is not of its form')
  return { reference: reference.toUpperCase(), amount: figure, account: typeof billreference === 'string' || typeof billreference === 'number' ? String(billreference).slice(0, 80) : '', at }
}

/** Daraja's dates: 'YYYY-MM-DD HH:mm:ss' in East Africa Time, which has no summer time. */
const eastAfrican = (instant: Date): string => new Date(instant.getTime() + 3 * HOURS).toISOString().slice(0, 19).replace('T', ' ')
