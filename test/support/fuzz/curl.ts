import type { WireRequest } from "../wire.ts";

/** The command that sends a request again. */
export function curlOf(gateway: string, { method, path, headers = {}, body }: WireRequest): string {
	const fields = Object.entries(headers).map(
		([name, value]) => `-H ${quoted(value === "" ? `${name};` : `${name}: ${value}`)}`,
	);
	const data = body === undefined ? [] : [`--data-binary ${quoted(body)}`];
	return ["curl -i -g --path-as-is", `-X ${method}`, quoted(gateway + path), ...fields, ...data].join(" ");
}

/** As bash reads it, byte for byte. */
function quoted(given: string | Buffer): string {
	const bytes = Buffer.from(given);
	const escaped = Array.from(bytes, (byte) => (isPlain(byte) ? String.fromCharCode(byte) : `\\x${hex(byte)}`)).join("");
	return escaped.includes("\\") ? `$'${escaped}'` : `'${escaped}'`;
}

const isPlain = (byte: number): boolean => byte >= 0x20 && byte <= 0x7e && byte !== 0x27 && byte !== 0x5c;
const hex = (byte: number): string => byte.toString(16).padStart(2, "0");
