import { isIP } from "node:net";
import { z } from "zod";
import { readConfig } from "../../mixins/config.ts";

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
	/** `on` writes one JSON line a request to stdout, `off` none; anything else is the file to append to. */
	REQUEST_LOG: z.string().default("on"),
});

export type GatewayConfig = z.output<typeof schema>;

/** @throws ConfigInvalid naming every variable that is wrong */
export const config = (env: NodeJS.ProcessEnv = process.env): GatewayConfig => readConfig(schema, env);

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
