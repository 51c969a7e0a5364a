import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Letter } from "./provider.ts";

/** Writes `<time>-<template>-<id>.<extension>`, whole or not at all: a file appears under its name when it is written. */
export async function writeLetter(folder: string, letter: Letter, extension: string, content: string | Buffer) {
	const unfinished = join(folder, `.${letter.id}.part`);
	await writeFile(unfinished, content);
	await rename(unfinished, join(folder, `${fileTime(letter.at)}-${letter.template}-${letter.id}.${extension}`));
}

/** ISO 8601 without colons, which Windows does not allow in names. */
const fileTime = (at: Date): string => at.toISOString().replaceAll(":", "-");
