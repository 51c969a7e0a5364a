import { mkdirSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import { messageOf } from "./mail-transport.ts";
import type { MailTransport } from "./mail-transport.ts";

/** Writes each mail as `<time>-<template>-<id>.eml`, whole or not at all: a file appears under its name when it is written. */
export function folderTransport(folder: string, from: string): MailTransport {
	mkdirSync(folder, { recursive: true });
	const transport = createTransport({ streamTransport: true, buffer: true, newline: "windows" });
	return {
		async send(mail) {
			const { message } = await transport.sendMail(messageOf(mail, from));
			const unfinished = join(folder, `.${mail.id}.part`);
			await writeFile(unfinished, message);
			await rename(unfinished, join(folder, `${fileTime(mail.at)}-${mail.template}-${mail.id}.eml`));
		},
		close: () => transport.close(),
	};
}

/** ISO 8601 without colons, which Windows does not allow in names. */
const fileTime = (at: Date): string => at.toISOString().replaceAll(":", "-");
