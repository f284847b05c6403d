//! What lies on the disk, and what is answered where the disk fails.

use std::fs;

use crate::{
    Result,
    running::{ADA, LOOPS, Running},
};

#[tokio::test]
async fn records_outlive_the_service() -> Result {
    let cfp = Running::with_ada_and_loops().await?;
    let (speakers, proposals) = (
        cfp.get("/api/speakers").await?,
        cfp.get("/api/proposals").await?,
    );
    let cfp = Running::over(cfp.stop().await?).await?;
    assert_eq!(cfp.get("/api/speakers").await?.body, speakers.body);
    assert_eq!(cfp.get("/api/proposals").await?.body, proposals.body);
    Ok(())
}

#[tokio::test]
async fn a_record_is_a_file() -> Result {
    let cfp = Running::with_ada_and_loops().await?;
    for (file, path) in [
        ("speakers/ada.json", "/api/speakers/ada"),
        ("proposals/loops.json", "/api/proposals/loops"),
    ] {
        assert_eq!(
            fs::read_to_string(cfp.file(file))?,
            cfp.get(path).await?.body
        );
        cfp.delete(path).await?.is(200);
        assert!(!cfp.file(file).exists());
    }
    Ok(())
}

#[tokio::test]
async fn what_a_crash_leaves_is_not_in_the_way() -> Result {
    let cfp = Running::with_ada_and_loops().await?;
    fs::write(cfp.file("speakers/.unfinished"), "{\"ID\":\"gr")?;
    let before = cfp.get("/api/speakers").await?.body;
    let cfp = Running::over(cfp.stop().await?).await?;
    assert_eq!(cfp.get("/api/speakers").await?.body, before);

    let grace = ADA.replace("ada", "grace");
    cfp.post("/api/speakers", &grace).await?.is(200);
    cfp.get("/api/speakers/grace").await?.is(200);
    assert!(!cfp.file("speakers/.unfinished").exists());
    Ok(())
}

#[tokio::test]
async fn a_failed_write_is_told_and_keeps_the_old_record() -> Result {
    let cfp = Running::with_ada_and_loops().await?;
    let before = cfp.get("/api/speakers/ada").await?.body;
    let in_the_way = cfp.file("speakers/.unfinished");
    fs::create_dir(&in_the_way)?;

    let (ada, grace) = (ADA.replace("Engines", "Notes"), ADA.replace("ada", "grace"));
    let could_not_write = |id: &str| {
        let file = cfp.file(format!("speakers/{id}.json"));
        format!(
            "could not write {}: Is a directory (os error 21)",
            file.display()
        )
    };
    cfp.put("/api/speakers/ada", &ada)
        .await?
        .says(500, &could_not_write("ada"));
    cfp.post("/api/speakers", &grace)
        .await?
        .says(500, &could_not_write("grace"));
    assert_eq!(
        cfp.get("/api/speakers").await?.body,
        format!("[{}]\n", before.trim_end())
    );

    fs::remove_dir(in_the_way)?;
    cfp.put("/api/speakers/ada", &ada).await?.is(200);
    Ok(())
}

#[tokio::test]
async fn a_folder_that_is_none_is_told_and_keeps_the_old_records() -> Result {
    let cfp = Running::with_ada_and_loops().await?;
    let before = cfp.get("/api/speakers/ada").await?.body;
    let (folder, away) = (cfp.file("speakers"), cfp.file("away"));
    fs::rename(&folder, &away)?;
    fs::write(&folder, "no folder")?;

    let file = folder.join("ada.json");
    let could_not = |what: &str, path: &std::path::Path| {
        format!(
            "could not {what} {}: Not a directory (os error 20)",
            path.display()
        )
    };
    let look_for = could_not("look for", &file);
    cfp.get("/api/speakers")
        .await?
        .says(500, &could_not("list", &folder));
    cfp.get("/api/speakers/ada")
        .await?
        .says(500, &could_not("read", &file));
    cfp.post("/api/speakers", ADA).await?.says(500, &look_for);
    cfp.put("/api/speakers/ada", ADA)
        .await?
        .says(500, &look_for);
    cfp.put("/api/proposals/loops", LOOPS)
        .await?
        .says(500, &look_for);
    cfp.delete("/api/speakers/ada")
        .await?
        .says(500, &could_not("delete", &file));

    fs::remove_file(&folder)?;
    fs::rename(away, folder)?;
    assert_eq!(cfp.get("/api/speakers/ada").await?.body, before);
    Ok(())
}

#[tokio::test]
async fn a_broken_record_is_named_and_can_be_replaced() -> Result {
    let cfp = Running::with_ada_and_loops().await?;
    let file = cfp.file("speakers/ada.json");
    fs::write(&file, "{")?;
    let text = format!(
        "could not understand {}: EOF while parsing an object at line 1 column 1",
        file.display()
    );
    cfp.get("/api/speakers/ada").await?.says(500, &text);
    cfp.get("/api/speakers").await?.says(500, &text);
    cfp.put("/api/speakers/ada", ADA).await?.is(200);
    cfp.get("/api/speakers/ada").await?.is(200);
    Ok(())
}

#[test]
fn a_data_folder_that_can_t_be_made_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let error = cfp_api::Service::open(file.path()).unwrap_err().to_string();
    let folder = file.path().join("speakers");
    assert!(error.contains(&folder.display().to_string()), "{error}");
}
