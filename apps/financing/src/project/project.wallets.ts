import { networkShapes, payment as payments, type Result } from '@growr/contracts'
import type { Financing } from '../financing.ts'

/** The wallets of the project's sources on networks, made by who holds them; their first addresses go into the project's record. NOT_OFFERED where a network was switched off since. */
export async function openWallets({ books, bus }: Pick<Financing, 'books' | 'bus'>, key: string): Promise<Result<typeof payments.openWallets>> {
  const { organizationId: organization, funding } = books.requireProject(key).state
  const sources = funding.flatMap(({ id, type, networkName, tokenName }) => {
    const network = networkShapes.networkName.safeParse(networkName)
    return (type === 'ONCHAIN' || type === 'MULTISIG') && network.success && tokenName !== null ? [{ id, network: network.data, token: tokenName }] : []
  })
  if (sources.length === 0) return []
  const opened = await bus.call(payments.openWallets, { organization, project: key, sources }, { as: { service: 'project' } })
  // Where several sign, an investor pays to an address that is the investor's too, and never past it.
  return opened.map((each) => (funding.find(({ id }) => id === each.source)?.type === 'MULTISIG' ? { ...each, fundingAddress: null } : each))
}
