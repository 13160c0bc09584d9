const EVERY_MS = 25
const PATIENCE_MS = 60_000

/** Asks until it is so; fails with what never happened. */
export async function until(what: string, fact: () => Promise<boolean>, patience = PATIENCE_MS): Promise<void> {
  for (const end = Date.now() + patience; ;) {
    if (await fact()) return
    if (Date.now() > end) throw new Error(`this never happened: ${what}`)
    await new Promise((resolve) => { setTimeout(resolve, EVERY_MS) })
  }
}
