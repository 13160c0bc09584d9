import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { BitcoinNetwork, type RpcOptions } from '@growr/bitcoin'
import { LdkNode, LightningAccounts } from '@growr/lightning'
import { currencyOf, parseAmount, token, type Currency } from '@growr/money'
import type { NetworkSetup } from '@growr/payment'
import { openRootstock } from '@growr/rootstock'
import type { Logger } from '@growr/runtime'
import type { Keep } from '@growr/service'
import type { NodeConfig } from './config.ts'
import { OperatorError } from './operator-error.ts'

/** The most that a send may cost unless who asks for it says otherwise. */
const CEILINGS = { bitcoin: '0.00050000', rootstock: '0.0005', lightning: '0.00001000' } as const

/** Opens the payment networks that are configured, each over its own keys of this custody and a store of its own. */
export async function openNetworks(config: NodeConfig, { custody, rooms }: Keep, log: Logger): Promise<readonly NetworkSetup[]> {
  const folder = join(rooms.root, 'networks')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const everyMs = config.networkSeconds * 1_000
  const failed = (network: string) => (error: unknown): void => log.warn({ network, error }, 'a network was not looked at')
  const opened: NetworkSetup[] = []
  if (config.bitcoin) {
    const { chain, zmq, kind } = config.bitcoin
    const network = await BitcoinNetwork.open({
      rpc: rpcOf(config.bitcoin), chain, file: join(folder, 'bitcoin.db'), signer: custody.hd('bitcoin'), kind, everyMs, failed: failed('bitcoin'), ...(zmq === undefined ? {} : { zmq }),
    })
    opened.push({ network, coins: [currencyOf('BTC')], maxFee: parseAmount(CEILINGS.bitcoin, 'BTC') })
  }
  if (config.rootstock) {
    const { url, chain, tokens, startHeight } = config.rootstock
    const known = tokens.map(tokenOf)
    const network = openRootstock({
      url, chain, file: join(folder, 'rootstock.db'), signer: custody.hd('rootstock'), tokens: known.map(({ currency, address }) => ({ code: currency.code, exponent: currency.exponent, address })),
      ...(startHeight === undefined ? {} : { startHeight }),
    })
    opened.push({ network, coins: [currencyOf('RBTC'), ...known.map(({ currency }) => currency)], maxFee: parseAmount(CEILINGS.rootstock, 'RBTC') })
  }
  if (config.lightning) {
    const { listen } = config.lightning
    if (!config.bitcoin) throw new OperatorError('CONFIG_INVALID', 'lightning.node: the embedded node works over the bitcoind of bitcoin.url: give that as well')
    const at = listen?.lastIndexOf(':') ?? -1
    // Beside the groups' rooms: the state of channels is in no back-up, and the accounts over them go with it.
    const directory = join(config.data, 'lightning')
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const node = new LdkNode({
      rpc: rpcOf(config.bitcoin), chain: config.bitcoin.chain, directory, seed: custody.lightningSeed(),
      listen: listen === undefined ? null : { host: listen.slice(0, at), port: Number(listen.slice(at + 1)) }, log: (level, message) => log[level >= 5 ? 'error' : 'warn']({ network: 'lightning' }, message),
    })
    opened.push({ network: new LightningAccounts({ node, file: join(directory, 'accounts.db'), everyMs, failed: failed('lightning') }), coins: [currencyOf('BTC')], maxFee: parseAmount(CEILINGS.lightning, 'BTC') })
  }
  return opened
}

function rpcOf({ url, cookieFile, user, password }: NonNullable<NodeConfig['bitcoin']>): RpcOptions {
  return { url, ...(cookieFile === undefined ? {} : { cookieFile }), ...(user === undefined ? {} : { user }), ...(password === undefined ? {} : { password: password.reveal() }) }
}

/** CODE=address:decimals. */
function tokenOf(text: string): { readonly currency: Currency; readonly address: string } {
  const [code = '', rest = ''] = text.split('=')
  const [address = '', decimals = ''] = rest.split(':')
  return { currency: token(code, Number(decimals)), address }
}
