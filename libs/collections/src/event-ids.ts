import { randomBytes } from 'node:crypto'

/**
 * Ids that sort by time: milliseconds (12 hex digits) ‖ sequence (4) ‖ random (16). Each is above the one before,
 * and above `floor`, also where the clock goes back.
 */
export class EventIds {
  #time = 0
  #sequence = 0

  next(now: number, floor?: string): string {
    if (floor !== undefined) this.#raise(Number.parseInt(floor.slice(0, 12), 16), Number.parseInt(floor.slice(12, 16), 16))
    if (now > this.#time) {
      this.#time = now
      this.#sequence = 0
    } else if (++this.#sequence > 0xffff) {
      this.#time++
      this.#sequence = 0
    }
    return `${hex(this.#time, 12)}${hex(this.#sequence, 4)}${randomBytes(8).toString('hex')}`
  }

  #raise(time: number, sequence: number): void {
    if (time < this.#time || (time === this.#time && sequence <= this.#sequence)) return
    this.#time = time
    this.#sequence = sequence
  }
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')
