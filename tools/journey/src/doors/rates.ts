import { writeFile } from 'node:fs/promises'
import type { Actor, Door, Outcome, Request } from './door.ts'
import { invalid } from './fields.ts'

const PAIR = /^[A-Z]{3,10}\/[A-Z]{3,10}$/
const RATE = /^\d{1,15}(\.\d{1,15})?$/

/** The table of rates of the node's operator: `do: set` changes what `with` names (`BTC/HNL: "2500000.00"`), `query: table` is all of it. */
export class RatesDoor implements Door {
  readonly name = 'rates'
  readonly file: string
  #table: Readonly<Record<string, string>>

  private constructor(file: string, table: Readonly<Record<string, string>>) {
    this.file = file
    this.#table = table
  }

  static async open(file: string, table: Readonly<Record<string, string>>): Promise<RatesDoor> {
    const door = new RatesDoor(file, table)
    await door.#write()
    return door
  }

  async perform(_actor: Actor, { kind, operation, with: given }: Request): Promise<Outcome> {
    const asked = `${kind}: ${operation}`
    if (asked === 'query: table') return { result: this.#table }
    if (asked !== 'do: set') return invalid(`the table of rates has \`do: set\` and \`query: table\`, not \`${asked}\``)
    const wrong = Object.entries(given).find(([pair, rate]) => !PAIR.test(pair) || typeof rate !== 'string' || !RATE.test(rate))
    if (wrong) return invalid(`set: a rate is such as BTC/HNL: "2500000.00", not ${wrong[0]}: ${JSON.stringify(wrong[1])}`)
    this.#table = { ...this.#table, ...(given as Readonly<Record<string, string>>) }
    await this.#write()
    return { result: this.#table }
  }

  #write(): Promise<void> {
    return writeFile(this.file, JSON.stringify(this.#table), { mode: 0o600 })
  }
}
