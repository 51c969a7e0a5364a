import { mkdirSync } from "node:fs";
import { createTransport } from "nodemailer";
import { writeLetter } from "./folder-file.ts";
import { messageOf } from "./mail-message.ts";
import type { Provider } from "./provider.ts";

/** Writes each mail as a file that any mail program opens. */
export function mailFolder(folder: string, from: string): Provider {
	mkdirSync(folder, { recursive: true });
	const transport = createTransport({ streamTransport: true, buffer: true, newline: "windows" });
	return {
		name: "folder",
		async send(letter) {
			const { message } = await transport.sendMail(messageOf(letter, from));
			await writeLetter(folder, letter, "eml", message as Buffer);
			return null;
		},
		close: () => transport.close(),
	};
}
