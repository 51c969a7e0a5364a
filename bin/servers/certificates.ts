import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { run } from "./run.ts";
import type { Certificates } from "./server.ts";

const VALID_DAYS = "3650";

/**
 * Makes a private CA and, signed by it, one certificate for `localhost` and 127.0.0.1, once for the folder.
 *
 * @throws when openssl is missing
 */
export async function makeCertificates(folder: string): Promise<Certificates> {
	if (!existsSync(folder)) {
		const draft = `${folder}.draft-${process.pid}`;
		await mkdir(draft, { recursive: true });
		await issue(draft);
		await rename(draft, folder).catch(() => rm(draft, { recursive: true }));
	}
	return certificatesIn(folder);
}

export const certificatesIn = (folder: string): Certificates => ({
	ca: `${folder}/ca.crt`,
	certificate: `${folder}/server.crt`,
	key: `${folder}/server.key`,
});

async function issue(folder: string): Promise<void> {
	const { ca, certificate, key } = certificatesIn(folder);
	const caKey = `${folder}/ca.key`;
	const extensions = `${folder}/server.ext`;
	const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
	const forYears = ["-sha256", "-days", VALID_DAYS];
	const request = `${folder}/server.csr`;

	await run("openssl", [
		"req",
		"-x509",
		...newKey,
		...forYears,
		"-subj",
		"/CN=Stoa test CA",
		"-keyout",
		caKey,
		"-out",
		ca,
	]);
	await run("openssl", ["req", ...newKey, "-subj", "/CN=localhost", "-keyout", key, "-out", request]);
	await writeFile(extensions, "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n");
	const signer = ["-CA", ca, "-CAkey", caKey, "-CAcreateserial", "-extfile", extensions];
	await run("openssl", ["x509", "-req", "-in", request, ...signer, ...forYears, "-out", certificate]);
}
