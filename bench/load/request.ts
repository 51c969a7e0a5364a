/** Where requests go, as whom. */
export interface Target {
	readonly host: string;
	readonly port: number;
}

/** A GET as it goes over the wire. */
export const get = ({ host, port }: Target, path: string): string =>
	`GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nConnection: keep-alive\r\nAccept: application/json\r\n\r\n`;

/** A POST of JSON, which must be ASCII, as it goes over the wire. */
export function post({ host, port }: Target, path: string, json: string, token?: string): string {
	const authorization = token === undefined ? "" : `Authorization: Bearer ${token}\r\n`;
	return (
		`POST ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nConnection: keep-alive\r\nAccept: application/json\r\n` +
		`${authorization}Content-Type: application/json\r\nContent-Length: ${json.length}\r\n\r\n${json}`
	);
}
