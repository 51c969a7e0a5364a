/** A vendor's imports, newest first. */
export default `
	create index imports_of_author on imports (author_id, id desc);
`;
