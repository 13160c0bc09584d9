import type { project as projects, webhook } from '@growr/contracts'
import { currencyOf, formatAmount, fromJson, isAmount, isCurrencyCode, type Amount, type Currency } from '@growr/money'

type Fields = Readonly<Record<string, unknown>>

/**
 * An entry of a book as an integrator sees it. It is made of what is named here and nothing else: keys, dates, the status, and
 * whatever of an event's data, or of the record itself, is an amount. `subject` lies beside the one and deeper in the other, so an
 * erased person's entries look the same.
 */
export function presentEntry(entry: projects.FeedEntry): webhook.FeedItem {
  const { seq, generation, book, key, type, at, businessDate, organization } = entry
  const state = fieldsOf(entry.state)
  const data = fieldsOf(fieldsOf(entry.event)['data'])
  const currency = currencyIn(state)
  return {
    id: idOf(entry),
    book, seq, generation, type, at, businessDate, organization, key,
    project: projectOf(entry, textOf(data['projectKey']) ?? textOf(state['projectKey'])),
    loan: book === 'loan' ? key : textOf(state['loanKey']),
    payment: book === 'payment' ? key : (textOf(data['paymentKey']) ?? textOf(state['paymentKey'])),
    status: textOf(state['status']),
    currency: currency?.code ?? null,
    amounts: amountsIn(data, currency, 1),
    totals: amountsIn(state, currency, 0),
    postings: entry.postings.flatMap((posting) => postingOf(fieldsOf(posting), currency)),
    erased: null,
  }
}

/**
 * The same for as long as the entry is there. A node that was restored from a back-up may come to hold another entry in the same
 * place; the instant tells the two apart. No full stop is in it, which Standard Webhooks keeps for itself.
 */
const idOf = ({ organization, book, seq, at }: projects.FeedEntry): string =>
  `${organization.replaceAll('.', '-')}_${book}_${seq}_${Date.parse(at).toString(36)}`

/** The calendar is a record of the Project book and no project; what no project took is kept under the organization itself. */
function projectOf({ book, type, key, organization }: projects.FeedEntry, named: string | null): string | null {
  if (book === 'project') return type.startsWith('project.') ? key : null
  return named === organization ? null : named
}

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {})
const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

function currencyIn(state: Fields): Currency | undefined {
  const { code, exponent } = fieldsOf(state['currency'])
  return typeof code === 'string' && typeof exponent === 'number' ? { code, exponent } : undefined
}

/** The amounts among the fields by their names, and those inside of them by both names, so many levels deep. */
function amountsIn(fields: Fields, currency: Currency | undefined, depth: number, prefix = ''): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [name, value] of Object.entries(fields)) {
    const amount = fromJson(value)
    const text = isAmount(amount) ? decimalOf(amount, currency) : undefined
    if (text !== undefined) found[`${prefix}${name}`] = text
    else if (depth > 0 && !isAmount(amount)) Object.assign(found, amountsIn(fieldsOf(value), currency, depth - 1, `${prefix}${name}.`))
  }
  return found
}

function postingOf({ account, currency: code, amount }: Fields, currency: Currency | undefined): webhook.FeedItem['postings'] {
  const money = fromJson({ amount, currency: code })
  const text = isAmount(money) ? decimalOf(money, currency) : undefined
  return typeof account === 'string' && typeof code === 'string' && text !== undefined ? [{ account, currency: code, amount: text }] : []
}

function decimalOf(amount: Amount, currency: Currency | undefined): string | undefined {
  if (amount.currency === currency?.code) return formatAmount(amount, currency)
  // Of another currency than the record's only those that are known by their code have an exponent.
  return isCurrencyCode(amount.currency) && known(amount.currency) ? formatAmount(amount, currencyOf(amount.currency)) : undefined
}

function known(code: string): boolean {
  try {
    return currencyOf(code).code === code
  } catch {
    return false
  }
}
