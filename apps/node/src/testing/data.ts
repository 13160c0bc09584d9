import { openFinancingKeep, directory, kinds } from '@growr/financing'
import { openPaymentKeep, paymentsView } from '@growr/payment'
import { systemClock } from '@growr/runtime'
import { openBookStore, type Keep } from '@growr/service'
import type { ViewDefinition } from '@growr/books'
import type { Stores } from './at-rest.ts'

/** Opens the books of a node that does not run, all of them and their views; `look` sees them, then they are closed. */
export async function withData<T>(dataDir: string, passphrase: string, look: (stores: Stores) => Promise<T>): Promise<T> {
  const clock = systemClock
  const closing: (() => Promise<unknown>)[] = []
  const open = async (keep: Keep, all: readonly string[], view: ViewDefinition) => {
    closing.push(() => keep.close())
    const books = await openBookStore(keep, clock)
    closing.push(() => books.close())
    const tenants = await keep.collections.repository<{ id: string }>({ name: 'tenants', personal: [], lookup: {} })
    for (const { id } of await tenants.find({ limit: 100 })) for (const kind of all) await books.store.book({ kind, organization: id })
    await books.store.view(view)
    return books.store
  }
  try {
    const financing = await open(await openFinancingKeep({ dataDir, passphrase, clock }), kinds, directory)
    const payment = await open(await openPaymentKeep({ dataDir, passphrase, clock }), ['payment'], paymentsView)
    return await look({ financing, payment })
  } finally {
    for (const close of closing.toReversed()) await close()
  }
}
