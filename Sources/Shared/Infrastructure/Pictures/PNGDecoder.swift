import CPNG

// Everything that touches libpng's pointers, and nothing else: the compiler cannot check memory in this file by itself.

/// Decodes PNG by the library's simplified interface, which reports errors as values; the other one jumps out of the C functions.
enum PNGDecoder {
    /// The pixels of a picture, in sRGB as far as the file says how bright its values are.
    ///
    /// - Throws: ``PictureFault``: `broken`.
    static func pixels(of header: PictureHeader) throws(PictureFault) -> Pixels {
        let (width, height) = (header.size.width, header.size.height)
        var isWhole = false
        let values = unsafe header.content.withUnsafeBufferPointer { bytes in
            unsafe [UInt32](unsafeUninitializedCapacity: width * height) { buffer, count in
                var image = unsafe png_image()
                unsafe image.version = png_uint_32(PNG_IMAGE_VERSION)
                defer { unsafe png_image_free(&image) }
                guard
                    unsafe png_image_begin_read_from_memory(&image, bytes.baseAddress, bytes.count) != 0,
                    // The buffer has the size that was bounded.
                    unsafe Int(image.width) == width, unsafe Int(image.height) == height
                else { return }
                unsafe image.format = png_uint_32(PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_BGR | PNG_FORMAT_FLAG_ALPHA)
                guard unsafe png_image_finish_read(&image, nil, buffer.baseAddress, Int32(width) * 4, nil) != 0 else { return }
                // What wasn't decoded was never written.
                count = width * height
                isWhole = true
            }
        }
        guard isWhole else { throw .broken }
        return Pixels(width: width, height: height, values: values)
    }
}
