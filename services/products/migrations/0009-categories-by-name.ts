/** The list of categories, and of the roots of their tree. */
export default `
	create index categories_by_name on categories (name);
	create index category_roots_by_name on categories (name) where parent_id is null;
`;
