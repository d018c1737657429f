/** The kernel's own high-water mark of this process' resident memory. */
import { readFileSync, writeFileSync } from 'node:fs';

/** Sets the mark back to what is resident now (proc(5), clear_refs). False where that cannot be done: not on Linux. */
export function restartHighWater(): boolean {
	try {
		writeFileSync('/proc/self/clear_refs', '5');
		return highWaterBytes() !== undefined;
	} catch {
		return false;
	}
}

/** Bytes; undefined where the kernel does not tell. */
export function highWaterBytes(): number | undefined {
	const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
	return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}
