import { isIP } from "node:net";
import { z } from "zod";
import { config as brokerConfig } from "../../mixins/broker/config.ts";
import { readConfig } from "../../mixins/config.ts";
import { readIdentity } from "./http/tls-identity.ts";

const PROXY_RANGES = ["loopback", "linklocal", "uniquelocal"];

const list = (isValid: (entry: string) => boolean, message: string) =>
	z
		.string()
		.default("")
		.transform((given) => given.split(",").flatMap((entry) => entry.trim() || []))
		.refine((entries) => entries.every(isValid), { message });

const schema = z.object({
	/** Port of the REST interface; 0 takes any free one. */
	API_GATEWAY_PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
	/** Address to listen on. */
	API_GATEWAY_HOST: z.string().default("0.0.0.0"),
	/** Requests a minute for each principal, else for each address; 0 switches the limit off. */
	RATE_LIMIT_PER_MINUTE: z.coerce.number().int().nonnegative().default(600),
	/** Proxies whose X-Forwarded-For is believed: addresses, CIDR ranges, or loopback, linklocal, uniquelocal. */
	TRUSTED_PROXIES: list(isProxy, "must be a comma list of IP addresses or CIDR ranges"),
	/** Web origins that may call from a browser. */
	CORS_ORIGINS: list(isOrigin, "must be a comma list of origins such as https://shop.example"),
	/** The certificate chain and its key as PEM files; both make the gateway speak HTTPS. */
	TLS_CERT_FILE: z.string().optional(),
	TLS_KEY_FILE: z.string().optional(),
	/** Answers plain requests with their https address on this port; 0 takes any free one. */
	HTTP_REDIRECT_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
	/** `on` writes one JSON line a request to stdout, `off` none; anything else is the file to append to. */
	REQUEST_LOG: z.string().default("on"),
});

const checked = schema.superRefine(({ TLS_CERT_FILE, TLS_KEY_FILE, HTTP_REDIRECT_PORT }, context) => {
	const tell: Tell = (name, message) => context.addIssue({ code: "custom", path: [name], message });
	const isSecure = TLS_CERT_FILE !== undefined && TLS_KEY_FILE !== undefined;
	if (isSecure) tellProblem(() => readIdentity({ certFile: TLS_CERT_FILE, keyFile: TLS_KEY_FILE }), tell);
	else if (TLS_CERT_FILE !== undefined) tell("TLS_KEY_FILE", "is required with TLS_CERT_FILE");
	else if (TLS_KEY_FILE !== undefined) tell("TLS_CERT_FILE", "is required with TLS_KEY_FILE");
	else if (HTTP_REDIRECT_PORT !== undefined) {
		tell("HTTP_REDIRECT_PORT", "needs TLS_CERT_FILE and TLS_KEY_FILE: without them there is no https address");
	}
});

type Tell = (name: string, message: string) => void;

function tellProblem(read: () => unknown, tell: Tell): void {
	try {
		read();
	} catch (error) {
		tell("TLS_CERT_FILE, TLS_KEY_FILE", (error as Error).message);
	}
}

/** @throws ConfigInvalid naming every variable that is wrong */
export function config(env: NodeJS.ProcessEnv = process.env) {
	const { TLS_CERT_FILE, TLS_KEY_FILE, ...read } = readConfig(checked, env);
	const isSecure = TLS_CERT_FILE !== undefined && TLS_KEY_FILE !== undefined;
	const tls = isSecure ? { certFile: TLS_CERT_FILE, keyFile: TLS_KEY_FILE } : undefined;
	const { redisUrl, namespace } = brokerConfig(env);
	return { ...read, tls, redisUrl, namespace };
}

export type GatewayConfig = ReturnType<typeof config>;

function isProxy(entry: string): boolean {
	if (PROXY_RANGES.includes(entry)) return true;
	const [address = "", bits, ...rest] = entry.split("/");
	const version = isIP(address);
	if (version === 0 || rest.length > 0) return false;
	return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

function isOrigin(entry: string): boolean {
	return URL.canParse(entry) && new URL(entry).origin === entry;
}
