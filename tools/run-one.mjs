// Runs one benchmark or proof: `node tools/run-one.mjs FILE OPTIONS`, and sends what it answers to the parent.
import { pathToFileURL } from 'node:url'

const [file, given] = process.argv.slice(2)
const plain = (_key, value) => (typeof value === 'bigint' ? value.toString() : value)

try {
  const module = await import(pathToFileURL(file).href)
  const result = await module.run(...(given === 'null' ? [] : [JSON.parse(given)]))
  process.send(JSON.parse(JSON.stringify({ about: module.about, bound: result?.bound ?? module.bound, result }, plain)))
} catch (error) {
  console.error(error)
  process.send({ error: error instanceof Error ? error.message : String(error) })
  process.exitCode = 1
}
process.disconnect()
