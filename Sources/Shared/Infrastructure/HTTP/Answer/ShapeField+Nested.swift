extension ShapeField {
    /// An object of another shape.
    @inlinable package static func object<Inner>(
        _ name: String, _ shape: Shape<Inner>, _ description: String = "", example: String? = nil,
        get: @escaping @Sendable (Value) -> Inner
    ) -> ShapeField {
        ShapeField(name, .object(shape.schema), description, example: example, isNullable: false) { value, writer in
            shape.write(get(value), to: &writer)
        }
    }

    /// An object of another shape, or null.
    @inlinable package static func object<Inner>(
        _ name: String, _ shape: Shape<Inner>, _ description: String = "", example: String? = nil, absentWhenNil: Bool = false,
        get: @escaping @Sendable (Value) -> Inner?
    ) -> ShapeField {
        let isAbsent: @Sendable (Value) -> Bool = { get($0) == nil }
        return ShapeField(
            name, .object(shape.schema), description, example: example, isNullable: true, isAbsent: absentWhenNil ? isAbsent : nil
        ) { value, writer in
            if let inner = get(value) { shape.write(inner, to: &writer) } else { writer.null() }
        }
    }

    /// Several objects of another shape.
    @inlinable package static func list<Inner>(
        _ name: String, _ shape: Shape<Inner>, _ description: String = "", example: String? = nil,
        get: @escaping @Sendable (Value) -> [Inner]
    ) -> ShapeField {
        ShapeField(name, .array(.object(shape.schema), nil), description, example: example, isNullable: false) { value, writer in
            writer.list(get(value)) { writer, inner in shape.write(inner, to: &writer) }
        }
    }

    /// Several objects of another shape, or null.
    @inlinable package static func list<Inner>(
        _ name: String, _ shape: Shape<Inner>, _ description: String = "", example: String? = nil, absentWhenNil: Bool = false,
        get: @escaping @Sendable (Value) -> [Inner]?
    ) -> ShapeField {
        let isAbsent: @Sendable (Value) -> Bool = { get($0) == nil }
        return ShapeField(
            name, .array(.object(shape.schema), nil), description, example: example, isNullable: true,
            isAbsent: absentWhenNil ? isAbsent : nil
        ) { value, writer in
            guard let inner = get(value) else { return writer.null() }
            writer.list(inner) { writer, inner in shape.write(inner, to: &writer) }
        }
    }
}
