import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeCertificates } from "../../bin/servers/certificates.ts";
import type { Certificates } from "../../bin/servers/server.ts";

/** A private CA of its own, and a certificate for `localhost` and 127.0.0.1 signed by it. */
export async function freshCertificates(): Promise<Certificates> {
	return makeCertificates(join(await mkdtemp(join(tmpdir(), "stoa-certificates-")), "pki"));
}
