import { mkdirSync } from "node:fs";
import { writeLetter } from "./folder-file.ts";
import type { Provider } from "./provider.ts";

/** Writes each SMS as a text file: its number, an empty line, what it says. */
export function smsFolder(folder: string): Provider {
	mkdirSync(folder, { recursive: true });
	return {
		name: "folder",
		async send(letter) {
			await writeLetter(folder, letter, "txt", `To: ${letter.to}\n\n${letter.short}\n`);
			return null;
		},
		close: () => undefined,
	};
}
